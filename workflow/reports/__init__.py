"""The report on competency development: figures counted from the tables, each with the cases behind it."""
