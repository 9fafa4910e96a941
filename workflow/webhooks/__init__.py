"""Other systems that are told of what happens here, as it happens: signed, thin, at least once.

A message names no person. It says that something happened to a case, and where to look; whoever is told asks with a key of its
own, and is shown what that key may see. Signed by Standard Webhooks, so that a receiver checks it with a library it has.
"""
