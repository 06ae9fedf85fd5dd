"""Clinical scores against cases that others wrote, in the GDL2 test format."""
