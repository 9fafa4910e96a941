"""The book of hours (JP): what gives a claim, what of it counts by the law, and how a year stands.

``policies.hours`` says what each piece of evidence counts for; ``ledger`` posts the differences by double entry, in the
transaction of the step that brought them about, which tells of them in its event.
"""
