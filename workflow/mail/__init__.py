"""Mail: what effects owe people becomes messages, in a folder or by a mail server.

``dispatch``: a signed letter is owed to whom it concerns; ``recipients``: who that is; ``compose``: the message itself;
``transport``, ``folder``, ``smtp``: the ways out; ``post``: runs what is due; ``ledger``: lists it, retries it, records
what came back.
"""
