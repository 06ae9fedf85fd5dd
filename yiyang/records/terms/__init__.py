"""Codes and what they mean: files of them, concepts, the lists that come with the platform. Without a database."""
