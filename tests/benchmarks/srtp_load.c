// Many WebRTC endpoints as one sender and receiver of SRTP: the load of the relay benchmarks, and (with -DFLOOR) the
// least a relay can do, one recvmmsg and sendmmsg loop around libsrtp, as the floor to compare with.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 2048, BATCH = 64, BINS = 20000 };

typedef struct {  // what the driver fills in (the order is that of Wiring in load.py)
  int32_t fd;
  uint32_t address;               // network order
  uint32_t port;
  uint32_t video_ssrc, audio_ssrc;
  uint32_t video_type, audio_type;
  uint32_t mid_id, twcc_id;       // header extension numbers, 0 for none
  char video_mid[4], audio_mid[4];
  uint8_t stun[256];              // a finished consent request, sent again as it is
  uint32_t stun_size;
} wiring;

typedef struct {
  wiring w;
  uint64_t sent, received, bad, rtcp, stun_answers;
  srtp_t out, in;
  uint16_t video_seq, audio_seq, twcc_seq;
  uint32_t video_ts, audio_ts, frame, packet;
  uint16_t seen_twcc, told_twcc;
  uint32_t seen_ssrc[2];
  double next_feedback, next_report, next_consent;
} endpoint;

static uint64_t histogram[BINS];  // delay through the relay, 10 us a bin
static double worst;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static srtp_t session(const uint8_t *key, int profile, int outbound) {
  static int ready;
  if (!ready) { srtp_init(); ready = 1; }
  srtp_policy_t p;
  memset(&p, 0, sizeof p);
  srtp_crypto_policy_set_from_profile_for_rtp(&p.rtp, (srtp_profile_t)profile);
  srtp_crypto_policy_set_from_profile_for_rtcp(&p.rtcp, (srtp_profile_t)profile);
  p.ssrc.type = outbound ? ssrc_any_outbound : ssrc_any_inbound;
  p.key = (uint8_t *)key;
  p.window_size = 1024;
  srtp_t s;
  return srtp_create(&s, &p) == srtp_err_status_ok ? s : NULL;
}

endpoint *load_new(int n) { return calloc(n, sizeof(endpoint)); }

int load_wire(endpoint *all, int index, const wiring *w, const uint8_t *out_key, const uint8_t *in_key, int profile) {
  endpoint *e = &all[index];
  e->w = *w;
  e->out = session(out_key, profile, 1);
  e->in = session(in_key, profile, 0);
  e->video_seq = 1000; e->audio_seq = 2000; e->video_ts = 90000; e->audio_ts = 48000;
  return e->out && e->in ? 0 : -1;
}

void load_totals(const endpoint *e, int n, uint64_t *sent_received_bad) {
  memset(sent_received_bad, 0, 24);
  for (int i = 0; i < n; i++) {
    sent_received_bad[0] += e[i].sent;
    sent_received_bad[1] += e[i].received;
    sent_received_bad[2] += e[i].bad;
  }
}

static void post(endpoint *e, const uint8_t *bytes, int size) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(e->w.port), .sin_addr.s_addr = e->w.address};
  sendto(e->w.fd, bytes, size, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to);
}

static int extensions(endpoint *e, uint8_t *b, const char *mid) {
  int p = 4, n = strlen(mid);
  if (e->w.mid_id) { b[p++] = e->w.mid_id << 4 | (n - 1); memcpy(b + p, mid, n); p += n; }
  if (e->w.twcc_id) { b[p++] = e->w.twcc_id << 4 | 1; b[p++] = e->twcc_seq >> 8; b[p++] = e->twcc_seq; e->twcc_seq++; }
  if (p == 4) return 0;
  while (p & 3) b[p++] = 0;
  b[0] = 0xbe; b[1] = 0xde; b[2] = 0; b[3] = p / 4 - 1;
  return p;
}

// Five packets a video frame, one keyframe in 250; the clock of the sender stands 16 bytes into the payload.
static int build(endpoint *e, int audio, uint8_t *b, int video_size, int audio_size) {
  uint32_t ssrc = audio ? e->w.audio_ssrc : e->w.video_ssrc, ts;
  uint16_t seq = audio ? e->audio_seq++ : e->video_seq++;
  int last = 0, size = audio ? audio_size : video_size;
  if (audio) ts = e->audio_ts += 960;
  else {
    if (e->packet == 0) { e->video_ts += 3600; e->frame++; }
    last = e->packet == 4;
    ts = e->video_ts;
  }
  int head = 12 + extensions(e, b + 12, audio ? e->w.audio_mid : e->w.video_mid);
  b[0] = head > 12 ? 0x90 : 0x80;
  b[1] = last << 7 | (audio ? e->w.audio_type : e->w.video_type);
  b[2] = seq >> 8; b[3] = seq;
  ts = htonl(ts); ssrc = htonl(ssrc);
  memcpy(b + 4, &ts, 4); memcpy(b + 8, &ssrc, 4);
  memset(b + head, 0x5a, size);
  if (!audio) {
    int first = e->packet == 0;
    uint8_t *v = b + head;
    v[0] = 0x80 | first << 4; v[1] = 0x80; v[2] = 0x80 | (e->frame >> 8 & 0x7f); v[3] = e->frame;
    if (first) {
      int key = e->frame % 250 == 1;
      memcpy(v + 4, "\x10\x02\x00\x9d\x01\x2a\x80\x02\x68\x01", 10);
      if (!key) v[4] |= 1;
    }
    e->packet = (e->packet + 1) % 5;
  } else b[head] = 0x78;          // Opus TOC: CELT, full band, 20 ms, mono
  double t = now();
  memcpy(b + head + 16, &t, 8);
  return head + size;
}

static void control(endpoint *e, uint8_t *b, int size) {
  int n = size;
  b[2] = (size / 4 - 1) >> 8; b[3] = size / 4 - 1;
  if (srtp_protect_rtcp(e->out, b, &n) == srtp_err_status_ok) post(e, b, n);
}

// What a browser says back: transport-cc 20 times a second, a receiver report each second, consent every 2.5 s.
static void chores(endpoint *e, double t) {
  uint8_t b[ROOM];
  uint32_t one = htonl(e->w.video_ssrc);
  uint16_t count = e->seen_twcc - e->told_twcc;
  if (t >= e->next_feedback && e->w.twcc_id && count && count < 1000) {
    e->next_feedback = t + 0.05;
    uint16_t base = e->told_twcc + 1;
    memset(b, 0, 24 + count);
    b[0] = 0x8f; b[1] = 205; memcpy(b + 4, &one, 4); memcpy(b + 8, &e->seen_ssrc[0], 4);
    b[12] = base >> 8; b[13] = base; b[14] = count >> 8; b[15] = count; b[18] = 1;
    b[20] = 0x20 | count >> 8; b[21] = count;             // run of "received, small delta"
    memset(b + 22, 4, count);
    int n = 22 + count, pad = (4 - n % 4) % 4;
    if (pad) { memset(b + n, 0, pad); b[n + pad - 1] = pad; b[0] |= 0x20; }
    e->told_twcc = e->seen_twcc;
    control(e, b, n + pad);
  }
  if (t >= e->next_report && e->seen_ssrc[0]) {
    e->next_report = t + 1;
    memset(b, 0, 32);
    b[0] = 0x81; b[1] = 201; memcpy(b + 4, &one, 4); memcpy(b + 8, &e->seen_ssrc[0], 4);
    control(e, b, 32);
  }
  if (e->w.stun_size && t >= e->next_consent) { e->next_consent = t + 2.5; post(e, e->w.stun, e->w.stun_size); }
}

static void heard(endpoint *e, uint8_t *b, int size) {
  if (b[0] < 128 || b[0] > 191) { e->stun_answers++; return; }
  if (b[1] >= 192 && b[1] <= 223) { e->rtcp++; return; }
  e->received++;
  if (srtp_unprotect(e->in, b, &size) != srtp_err_status_ok) { e->bad++; return; }
  int p = 12, end = 12;
  if (b[0] & 0x10) {
    end = 16 + 4 * (b[14] << 8 | b[15]);
    for (p = 16; p < end;) {
      if (!b[p]) { p++; continue; }
      if (b[p] >> 4 == (int)e->w.twcc_id) e->seen_twcc = b[p + 1] << 8 | b[p + 2];
      p += 2 + (b[p] & 15);
    }
  }
  memcpy(&e->seen_ssrc[(b[1] & 127) == e->w.audio_type], b + 8, 4);
  if (size < end + 24) return;
  double t, d;
  memcpy(&t, b + end + 16, 8);
  d = now() - t;
  if (d < 0 || d > 10) return;
  if (d > worst) worst = d;
  int bin = d * 1e5;
  histogram[bin < BINS ? bin : BINS - 1]++;
}

static void drain(endpoint *e) {
  static uint8_t room[BATCH][ROOM];
  static struct iovec parts[BATCH];
  static struct mmsghdr heads[BATCH];
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){room[i], ROOM};
    heads[i].msg_hdr.msg_iov = &parts[i];
    heads[i].msg_hdr.msg_iovlen = 1;
  }
  for (;;) {
    int n = recvmmsg(e->w.fd, heads, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n; i++) heard(e, room[i], heads[i].msg_len);
    if (n < BATCH) return;
  }
}

// Sends `rate` packets a second over all endpoints, every third one audio, for `seconds`; returns the time it took.
double load_run(endpoint *e, int n, double rate, double seconds, int video_size, int audio_size) {
  int queue = epoll_create1(0);
  for (int i = 0; i < n; i++) {
    struct epoll_event ev = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(queue, EPOLL_CTL_ADD, e[i].w.fd, &ev);
  }
  double start = now(), t;
  uint64_t done = 0;
  int turn = 0, chore = 0;
  uint8_t b[ROOM];
  struct epoll_event ready[BATCH];
  while ((t = now()) - start < seconds) {
    uint64_t due = (t - start) * rate;
    for (int burst = 0; done < due && burst < 32; burst++, done++) {
      endpoint *x = &e[turn];
      turn = (turn + 1) % n;
      int size = build(x, x->sent % 3 == 0, b, video_size, audio_size);
      if (srtp_protect(x->out, b, &size) == srtp_err_status_ok) post(x, b, size);
      x->sent++;
    }
    for (int k = 0; k < 8; k++) { chores(&e[chore], t); chore = (chore + 1) % n; }
    int woke = epoll_wait(queue, ready, BATCH, 0);
    for (int i = 0; i < woke; i++) drain(&e[ready[i].data.u32]);
    if (done >= due && woke == 0) {
      struct timespec nap = {0, 20000};
      nanosleep(&nap, NULL);
    }
  }
  close(queue);
  return now() - start;
}

void load_settle(endpoint *e, int n, double seconds) {
  for (double start = now(); now() - start < seconds; usleep(1000))
    for (int i = 0; i < n; i++) drain(&e[i]);
}

// Delays since the last call, in seconds: out[0..3] = median, 99th and 99.9th of a hundred, worst.
void load_delays(double *out) {
  static const double marks[3] = {0.5, 0.99, 0.999};
  uint64_t total = 0, sum = 0;
  int mark = 0;
  for (int i = 0; i < BINS; i++) total += histogram[i];
  for (int i = 0; i < BINS && mark < 3; i++) {
    sum += histogram[i];
    while (mark < 3 && total && sum >= total * marks[mark]) out[mark++] = (i + 1) * 1e-5;
  }
  out[3] = worst;
  worst = 0;
  memset(histogram, 0, sizeof histogram);
}

#ifdef FLOOR
// floor PORT ENDPOINTS KEY_SIZE PROFILE KEYS_FILE: endpoint 2k talks to endpoint 2k+1; "R" and an index registers an address.
int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int port = atoi(argv[1]), n = atoi(argv[2]), key = atoi(argv[3]), profile = atoi(argv[4]), big = 8 << 20;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (void *)&here, sizeof here)) return 1;
  uint8_t *keys = malloc(2 * n * key);
  FILE *f = fopen(argv[5], "rb");
  if (!f || fread(keys, key, 2 * n, f) != (size_t)(2 * n)) return 1;
  srtp_t *in = calloc(n, sizeof *in), *out = calloc(n, sizeof *out);
  struct sockaddr_in *at = calloc(n, sizeof *at);
  static int who[65536];
  memset(who, -1, sizeof who);
  for (int i = 0; i < n; i++) {
    in[i] = session(keys + 2 * i * key, profile, 0);
    out[i] = session(keys + (2 * i + 1) * key, profile, 1);
  }
  puts("ready");
  fflush(stdout);
  static uint8_t room[BATCH][ROOM];
  static struct iovec parts[BATCH], sent[BATCH];
  static struct mmsghdr got[BATCH], go[BATCH];
  static struct sockaddr_in from[BATCH];
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      parts[i] = (struct iovec){room[i], ROOM};
      got[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1, .msg_name = &from[i], .msg_namelen = sizeof from[i]};
    }
    int count = recvmmsg(fd, got, BATCH, MSG_WAITFORONE, NULL), o = 0;
    for (int i = 0; i < count; i++) {
      uint8_t *b = room[i];
      int size = got[i].msg_len, source = who[ntohs(from[i].sin_port)];
      if (size == 3 && b[0] == 'R') {
        int index = b[1] << 8 | b[2];
        who[ntohs(from[i].sin_port)] = index;
        at[index] = from[i];
        sendto(fd, b, 3, 0, (void *)&from[i], sizeof from[i]);
        continue;
      }
      if (source < 0 || b[0] < 128 || (b[1] >= 192 && b[1] <= 223)) continue;
      if (srtp_unprotect(in[source], b, &size) != srtp_err_status_ok) continue;
      int target = source ^ 1;
      b[8] ^= 0x5a;
      if (srtp_protect(out[target], b, &size) != srtp_err_status_ok) continue;
      sent[o] = (struct iovec){b, size};
      go[o].msg_hdr = (struct msghdr){.msg_iov = &sent[o], .msg_iovlen = 1, .msg_name = &at[target], .msg_namelen = sizeof at[target]};
      o++;
    }
    if (o) sendmmsg(fd, go, o, 0);
  }
}
#endif
