"""What a hop asks for and reports: losses once and again, arrival times exactly, rates with memory."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.media_packets import read_arrivals
from webrtc import feedback, rtcp
from webrtc.feedback import KeyframeRequests, NackList, ReceiverRate, Reception, TransportFeedback


def test_a_gap_is_asked_for_at_once_and_again_after_a_round_trip() -> None:
    nacks = NackList()
    assert nacks.gap(10, 14, now=1.0) == [11, 12, 13]
    assert nacks.due(1.1, rtt=0.2) == []
    assert nacks.arrived(12)
    assert nacks.due(1.25, rtt=0.2) == [11, 13]
    assert not nacks.arrived(12)


def test_a_gap_over_the_end_of_the_numbers_is_one_gap() -> None:
    assert NackList().gap(65534, 1, now=1.0) == [65535, 0]


def test_what_never_comes_is_given_up() -> None:
    nacks = NackList()
    nacks.gap(1, 3, now=1.0)
    asked, now = 1, 1.0
    while nacks:
        now += 0.02
        asked += len(nacks.due(now, rtt=0.0))
    assert asked == feedback.MAX_NACK_TRIES
    assert nacks.gave_up


def test_an_old_loss_is_given_up_by_age() -> None:
    nacks = NackList()
    nacks.gap(1, 3, now=1.0)
    assert nacks.due(1.0 + feedback.MAX_NACK_AGE_SECONDS + 0.1, rtt=0.1) == []
    assert len(nacks) == 0


def test_a_jump_is_no_loss_to_ask_for() -> None:
    nacks = NackList()
    assert nacks.gap(1, 1000, now=1.0) == []
    assert nacks.gave_up
    assert len(nacks) == 0


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 40_000)), min_size=1, max_size=60),
    st.integers(0, 65_535),
)
def test_arrival_times_are_reported_to_a_quarter_millisecond(
    steps: list[tuple[int, int]], start: int
) -> None:
    log = TransportFeedback()
    sequence, at, sent = start, 5_000_000, dict[int, int]()
    for step, wait in steps:
        sequence, at = (sequence + step) & 0xFFFF, at + wait
        sent[sequence] = at
        log.arrivals.append((sequence, at))
    packet = log.build(1)
    assert packet is not None
    (read,) = rtcp.split(packet)
    arrivals = read_arrivals(read)
    assert {s: t for s, t in arrivals.times.items() if t is not None}.keys() == sent.keys()
    for number, at in sent.items():
        reported = arrivals.times[number]
        assert reported is not None
        assert abs(at - reported) <= 250
    assert log.build(1) is None


def test_the_next_feedback_continues_and_names_what_was_lost() -> None:
    log = TransportFeedback()
    log.arrivals += [(65_534, 1_000_000), (65_535, 1_001_000)]
    log.build(1)
    log.arrivals += [(1, 1_050_000), (65_535, 1_051_000)]
    packet = log.build(1)
    assert packet is not None
    arrivals = read_arrivals(next(rtcp.split(packet)))
    assert arrivals.number == 1
    assert {s: t is None for s, t in arrivals.times.items()} == {0: True, 1: False}


def test_a_repeat_alone_is_no_news() -> None:
    log = TransportFeedback()
    log.arrivals.append((10, 1_000_000))
    log.build(1)
    log.arrivals.append((10, 1_001_000))
    assert log.build(1) is None


def test_a_jump_of_the_sequence_numbers_does_not_make_an_endless_report() -> None:
    log = TransportFeedback()
    log.arrivals.append((0, 1_000_000))
    log.build(1)
    log.arrivals.append((20_000, 1_050_000))
    packet = log.build(1)
    assert packet is not None
    assert list(read_arrivals(next(rtcp.split(packet))).times) == [20_000]


def test_a_receiver_report_counts_losses_since_the_last_one() -> None:
    reception = Reception()
    reception.first = 100
    reception.received = 90
    block = reception.block(7, top=199, jitter=3.7, now=5.0)
    assert (block.fraction_lost, block.lost, block.highest, block.jitter) == (25, 10, 199, 3)
    assert (block.lsr, block.dlsr) == (0, 0)
    reception.received = 190
    reception.sr_ntp, reception.sr_at = 0x0001_0002_0003_0004, 4.5
    block = reception.block(7, top=299, jitter=0, now=5.0)
    assert (block.fraction_lost, block.lost) == (0, 10)
    assert (block.lsr, block.dlsr) == (0x0002_0003, 0x8000)


def test_a_round_trip_is_measured_from_our_own_sender_report() -> None:
    rate = ReceiverRate()
    lsr = rtcp.ntp_of(10.0) >> 16 & 0xFFFFFFFF
    rate.report(rtcp.ReportBlock(1, 0, 0, 0, 0, lsr, 32_768), now=10.75)
    assert abs(rate.rtt - 0.25) < 0.001
    rate.report(rtcp.ReportBlock(1, 0, 0, 0, 0, 1, 0), now=10.75)
    assert abs(rate.rtt - 0.25) < 0.001


def test_a_low_estimate_that_only_follows_what_is_sent_caps_nothing() -> None:
    rate = ReceiverRate()
    for estimate in (150_000, 220_000, 215_000, 230_000):
        rate.remb(estimate, 200_000, now=1.0)
    assert rate.takes_bps() == feedback.DEFAULT_CAP_BPS


def test_an_estimate_that_falls_below_what_is_sent_caps_and_the_cap_grows_back() -> None:
    rate = ReceiverRate()
    rate.remb(900_000, 1_000_000, now=1.0)
    rate.remb(400_000, 1_000_000, now=2.0)
    assert rate.takes_bps() == 400_000
    rate.grow(now=3.0)
    assert rate.takes_bps() == 400_000
    rate.grow(now=4.0)
    assert 400_000 < rate.takes_bps() < 500_000
    for _ in range(30):
        rate.grow(now=9.0)
    assert rate.takes_bps() == feedback.DEFAULT_CAP_BPS


def test_heavy_loss_caps_below_what_is_sent_but_never_below_the_floor() -> None:
    rate = ReceiverRate()
    rate.loss(0.02, 1_000_000, now=1.0)
    assert rate.takes_bps() == feedback.DEFAULT_CAP_BPS
    rate.loss(0.2, 1_000_000, now=1.0)
    assert rate.takes_bps() == 900_000
    for _ in range(50):
        rate.loss(0.5, 0, now=1.0)
    assert rate.takes_bps() == feedback.FLOOR_BPS


def test_the_sender_is_capped_by_the_weakest_receiver() -> None:
    assert feedback.sender_cap([900_000, 300_000]) == 300_000
    assert feedback.sender_cap([]) == feedback.DEFAULT_CAP_BPS


def test_a_keyframe_that_many_want_is_asked_for_once_and_repeated_until_it_comes() -> None:
    requests = KeyframeRequests()
    assert requests.want(1.0)
    assert not requests.want(1.1)
    assert requests.due(1.4)
    requests.came(1.5)
    assert not requests.due(2.0)


def test_recorded_video_gets_a_keyframe_every_few_seconds() -> None:
    requests = KeyframeRequests()
    requests.came(1.0)
    assert not requests.due(6.0, recorded=True)
    assert requests.due(8.5, recorded=True)
    assert not requests.due(8.6, recorded=True)
