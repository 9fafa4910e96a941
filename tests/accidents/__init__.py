"""What happens to machines, disks, networks and clocks, done on purpose; docs/accidents.md has what became of it."""
