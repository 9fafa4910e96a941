"""The one door for change, and what a step goes through behind it: looked at, judged, taken, recorded, seated."""
