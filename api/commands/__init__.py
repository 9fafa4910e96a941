"""The commands of ``jenjang``, a module each group; thin, as the rest of the face: read what was asked, call, show."""
