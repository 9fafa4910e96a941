"""What people see: plain functions over a connection that answer frozen structs, ready to be shown or sent as JSON.

Keys are English, labels and sentences Indonesian, money and hours whole numbers, instants aware. A partner's contact gets
the same structs with less in them (see ``outside``).
"""
