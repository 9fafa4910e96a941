"""Awards beside their processes: who could be nominated, what is within one's reach, how fairly they are given, the lists to pay.

``record`` reads the facts of all staff in a few statements, ``judging`` asks them the very rules that the process asks, so that
list and process cannot disagree; ``seeing`` says for whom each view is.
"""
