"""Registers: the books in which letters that go out get their numbers, one series a register and calendar year."""

from workflow.registers.numbers import Taken, check_inserted, give_up, insert_after, register_of, style_of, take

__all__ = ["Taken", "check_inserted", "give_up", "insert_after", "register_of", "style_of", "take"]
