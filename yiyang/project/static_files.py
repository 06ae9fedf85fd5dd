"""Static files under names that carry a digest of their content, so browsers may keep them for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedFiles(ManifestStaticFilesStorage):
    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """A page must not fail because a file was not built: it then asks for the plain name."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
