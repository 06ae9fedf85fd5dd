from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("beds", "0014_green_channel"),
    ]

    operations = [
        migrations.AddField(
            model_name="occupancy",
            name="release_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="occupancy",
            name="release_by",
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddConstraint(
            model_name="occupancy",
            constraint=models.CheckConstraint(
                condition=Q(release_at=None, release_by="") | Q(release_at__isnull=False) & ~Q(release_by=""),
                name="occupancy_given_up_by_somebody",
            ),
        ),
    ]
