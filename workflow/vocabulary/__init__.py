"""What a process is written in, a part to a module; ``workflow.definition`` has all of it for those who write one."""
