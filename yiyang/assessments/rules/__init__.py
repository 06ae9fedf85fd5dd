"""Instruments: what they are made of, how their files are read, how answers become a level. Pure."""
