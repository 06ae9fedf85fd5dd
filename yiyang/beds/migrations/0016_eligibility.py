import django.db.models.deletion
from django.db import migrations, models

import yiyang.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_rotated_cards"),
        ("beds", "0015_hold_given_up"),
        ("people", "0008_assistance"),
    ]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name="eligibility",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="EligibilityOverride",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yiyang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("HOME_CARE", "home care bed"),
                            ("INSTITUTION", "institution bed"),
                            ("HOME_MEDICAL", "home medical bed"),
                            ("HOSPITAL", "hospital bed"),
                            ("PALLIATIVE", "palliative bed"),
                        ],
                        max_length=16,
                        verbose_name="kind of bed",
                    ),
                ),
                (
                    "computed",
                    models.CharField(
                        choices=[
                            ("ELIGIBLE", "qualifies"),
                            ("NOT_ELIGIBLE", "does not qualify"),
                            ("JUDGEMENT", "a clinician decides"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "given",
                    models.CharField(
                        choices=[
                            ("ELIGIBLE", "qualifies"),
                            ("NOT_ELIGIBLE", "does not qualify"),
                            ("JUDGEMENT", "a clinician decides"),
                        ],
                        max_length=16,
                        verbose_name="answer",
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("clinician", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("holds_until", models.DateField()),
                ("result", models.JSONField(default=dict)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=120)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="eligibility_overrides",
                        to="people.person",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overrides",
                        to="beds.transfer",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "kind", "-at"], name="eligibility_override_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given", models.F("computed")), _negated=True),
                            models.Q(("given", "JUDGEMENT"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="eligibility_override_differs_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_by", "")),
                            models.Q(
                                ("withdrawn_at__isnull", False), models.Q(("withdrawn_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="eligibility_override_withdrawn_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EligibilityRules",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yiyang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("valid_from", models.DateField(verbose_name="in force from")),
                ("reason", models.CharField(max_length=400, verbose_name="why it is changed")),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by", models.CharField(max_length=120)),
                ("signed_at", models.DateTimeField(null=True)),
                ("signed_by", models.CharField(blank=True, max_length=120)),
                ("touched", models.JSONField(default=dict)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=120)),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("signed_at", None), _negated=True),
                        fields=["-valid_from"],
                        name="eligibility_rules_in_force",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at", None), ("signed_by", "")),
                            models.Q(
                                ("signed_at__isnull", False), models.Q(("signed_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="eligibility_rules_signed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_by", "")),
                            models.Q(
                                ("signed_at", None),
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdrawn_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="eligibility_rules_withdrawn_before_signed",
                    ),
                ],
            },
        ),
    ]
