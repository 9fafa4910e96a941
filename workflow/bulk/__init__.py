"""Many at once: one step for up to a thousand tasks of one's own inbox, each decided alone with its own verdict and event.

Tasks are chosen, with the version of each case (``choosing``); tried (``trying``); ordered (``ordering``); then done by whoever
runs what is owed (``running``), a line in each transaction, so that a power cut does nothing twice and leaves nothing out; and
looked at meanwhile (``pages``). Of a cohort whose step issues a shared letter the chosen cases go together.
"""
