"""Bulk data: `$export` of many persons' records as files, asked for now and fetched later."""
