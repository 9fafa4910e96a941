"""The seal over everything that was recorded: one log (RFC 9162) whose signed heads lie outside the database.

A chain (``workflow.chain``) shows what was touched by somebody who did not work out everything anew. The log shows the rest:
whoever keeps one of its heads can tell later whether anything that it covers was removed, put elsewhere or written anew,
without trusting the database or those who run it.

- An entry is the 32 bytes of an event's own hash; a leaf is SHA-256(0x00 ‖ entry), a node SHA-256(0x01 ‖ left ‖ right), and
  the tree that of RFC 9162, section 2.1. An event's hash covers who, what and when through a digest of its payload, so
  nothing of persons is in the log, and a lawful erasure breaks no proof.
- A head is a C2SP checkpoint: a note of origin, size and root, signed with Ed25519 by a key of the log's own.
- Beside the leaves only the roots of full subtrees of 256, 256², … leaves are kept: a 255th more rows, each written once
  and never again, and every node of a proof is one of at most 256 neighbours away.
"""
