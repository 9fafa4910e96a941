"""Calendar feeds (iCalendar, RFC 5545): an address of one's own, and what a calendar finds there."""
