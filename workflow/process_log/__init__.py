"""The log of a process for process mining: what happened in each case of a period, from the events, in the forms that tools read.

Complete cases are exported, those that were opened in the period, as a discovered model of cases cut in the middle would be wrong.
People are pseudonyms: the same within one export, another in the next, so that no two exports can be joined by them. What was
erased by law has left neither a person nor anything that was said.

Everything is read and written row by row; what is held in memory grows with how many people there are, never with events.
"""
