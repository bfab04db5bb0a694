"""Whole files in and out: what a community has written elsewhere, tables of places, exports, the harvest of a portal."""
