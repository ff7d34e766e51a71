"""A peer offers the loopback address to a server on its own machine, and to no other."""

import pytest
from aioice import ice

from server.rehearsal.loopback import reaching


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080"])
def test_a_server_here_is_reached_by_loopback(url: str) -> None:
    before = ice.get_host_addresses(use_ipv4=True, use_ipv6=True)
    assert "127.0.0.1" not in before, "should it be there one day, this module can go"
    with reaching(url):
        assert ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == ["127.0.0.1", *before]
    assert ice.get_host_addresses(use_ipv4=True, use_ipv6=True) == before


def test_a_server_elsewhere_never_hears_of_it() -> None:
    with reaching("https://parloir.example.org"):
        assert "127.0.0.1" not in ice.get_host_addresses(use_ipv4=True, use_ipv6=False)


def test_an_error_inside_puts_everything_back() -> None:
    usual = ice.get_host_addresses
    with pytest.raises(KeyError), reaching("http://127.0.0.1"):
        raise KeyError
    assert ice.get_host_addresses is usual
