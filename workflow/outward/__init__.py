"""What goes outward to other personnel systems, and their answers: credited activities in a layout that is data.

A batch is a file in the layout's columns and the evidence beside it. It is recorded in one transaction, with the file's own bytes,
before it is written to a folder: so it can be written again, and nothing is sent twice or half.
"""

from workflow.outward.answers import Answered, read_answers
from workflow.outward.batches import Batch, export
from workflow.outward.folder import require_room, write_batch
from workflow.outward.layout import Layout, layout_named
from workflow.outward.standing import Standing, standing

__all__ = [
    "Answered",
    "Batch",
    "Layout",
    "Standing",
    "export",
    "layout_named",
    "read_answers",
    "require_room",
    "standing",
    "write_batch",
]
