"""Who meets whom, where and when: cases, posts, requests, bookings and interviews."""
