"""Static files under names that carry a digest of their content, so browsers may keep them for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedFiles(ManifestStaticFilesStorage):
    # A page must not fail because a picture is missing.
    manifest_strict = False
