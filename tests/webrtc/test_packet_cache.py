"""The cache gives a packet again within limits of age, repetition and rate."""

from webrtc import packet_cache
from webrtc.packet_cache import CachedPacket, PacketCache


def cached(sequence: int, at: float = 1.0, size: int = 1000) -> CachedPacket:
    return CachedPacket(sequence, 0, 0, bytes(size), at)


def test_a_packet_is_given_again_after_half_a_round_trip() -> None:
    cache = PacketCache()
    cache.put(cached(5))
    assert cache.take(5, 1.1, rtt=0.2) == cached(5)
    assert cache.take(5, 1.15, rtt=0.2) is None
    assert cache.take(5, 1.25, rtt=0.2) is not None


def test_what_was_never_sent_or_is_overwritten_is_not_given() -> None:
    cache = PacketCache()
    cache.put(cached(5))
    assert cache.take(6, 1.1, rtt=0) is None
    cache.put(cached(5 + packet_cache.CACHE_PACKETS))
    assert cache.take(5, 1.1, rtt=0) is None


def test_an_old_packet_helps_nobody() -> None:
    cache = PacketCache()
    cache.put(cached(5))
    assert cache.take(5, 1.0 + packet_cache.MAX_AGE_SECONDS + 0.01, rtt=0) is None


def test_who_asks_for_everything_gets_a_budget() -> None:
    cache = PacketCache()
    for sequence in range(1000):
        cache.put(cached(sequence))
    given = sum(cache.take(sequence, 1.1, rtt=0) is not None for sequence in range(1000))
    assert given == packet_cache.BUDGET_BURST_BYTES // 1000
    later = sum(cache.take(sequence, 1.201, rtt=0) is not None for sequence in range(500, 1000))
    assert later == packet_cache.BUDGET_BYTES_PER_SECOND // 10_000


def test_the_memory_of_repeats_stays_small() -> None:
    cache = PacketCache()
    for sequence in range(3 * packet_cache.CACHE_PACKETS):
        cache.put(cached(sequence, float(sequence), size=1))
        cache.take(sequence, float(sequence), rtt=0)
    assert len(cache._repeated) <= packet_cache.CACHE_PACKETS
