"""Tables of persons: who they are, how they are found, who belongs to them and who may see them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.crypto import decrypt
from yiyang.kernel.ids import new_id
from yiyang.kernel.models import Model
from yiyang.people import reach
from yiyang.people.rules.disclosure import Topic, Wish
from yiyang.people.rules.documents import DocumentKind, Sex, masked
from yiyang.people.rules.kinds import Basis, InsuranceKind, Kinship, Scope
from yiyang.people.rules.numbers import masked_phone


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, actor: Actor) -> PersonQuerySet:
        """Persons with whom the actor, or one of its organisations, has a live care relationship."""
        return self.filter(reach.condition(actor))

    def present(self) -> PersonQuerySet:
        """Without those merged into another person."""
        return self.filter(merged_into=None)


class Person(Model):
    """Anyone with a record."""

    full_name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=200, db_collation="C")
    search_keys = ArrayField(models.CharField(max_length=24, db_collation="C"), default=list)
    sex = models.CharField(max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    born_on = models.DateField(null=True)
    difference_reason = models.CharField(max_length=200, blank=True)
    died_at = models.DateTimeField(null=True)
    unknown = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    registered_area = models.CharField(max_length=12, blank=True)
    registered_address = models.CharField(max_length=200, blank=True)
    residence_area = models.CharField(max_length=12, blank=True)
    residence_address = models.CharField(max_length=200, blank=True)
    residence_floor = models.CharField(max_length=20, blank=True)
    residence_has_lift = models.BooleanField(null=True)
    key_holder = models.CharField(max_length=120, blank=True)
    languages = models.CharField(max_length=120, blank=True)
    form_of_address = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)
    registered_at = models.DateTimeField()

    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["sort_key", "id"], name="person_register", condition=Q(merged_into=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")),
                name="person_not_merged_into_self",
            )
        ]

    def __str__(self) -> str:
        return self.full_name


class PersonAlias(models.Model):
    """A second record of one person, found out later. Big tables keep the alias's id; reads take the set."""

    pk = models.CompositePrimaryKey("person_id", "alias_id")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="aliases")
    alias = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="alias_of")
    since = models.DateTimeField()
    reason = models.CharField(max_length=200)


class SearchKey(models.Model):
    """One key under which a person is found; read in key order by this primary key alone."""

    pk = models.CompositePrimaryKey("key", "person_id")
    key = models.CharField(max_length=24, db_collation="C")
    person_id = models.UUIDField()


class FormerName(Model):
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="former_names")
    full_name = models.CharField(max_length=60)
    until = models.DateField(null=True)


class Identifier(Model):
    """A document of a person; its number is encrypted, and found by keyed hashes."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=24, choices=DocumentKind.choices)
    value = models.BinaryField()
    expires_on = models.DateField(null=True)
    long_term = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(long_term=False) | Q(expires_on=None), name="identifier_long_term_has_no_expiry"
            )
        ]

    @property
    def number(self) -> str:
        return decrypt(bytes(self.value))

    @property
    def shown(self) -> str:
        return masked(self.number)


class IdentifierHash(models.Model):
    """One hash of an identifier under one key version: no two persons hold one number."""

    identifier = models.ForeignKey(Identifier, on_delete=models.CASCADE, related_name="hashes")
    family = models.CharField(max_length=24)
    key_version = models.PositiveSmallIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family", "key_version", "hash"], name="identifier_held_once")
        ]


class Phone(Model):
    """A telephone number of a person. Several persons may share one."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phones")
    value = models.BinaryField()
    label = models.CharField(max_length=40, blank=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    @property
    def number(self) -> str:
        return decrypt(bytes(self.value))

    @property
    def shown(self) -> str:
        return masked_phone(self.number)


class PhoneHash(models.Model):
    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="hashes")
    key_version = models.PositiveSmallIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["key_version", "hash"], name="phone_hash")]


class Dated(Model):
    """Something that is so for a period of days [from_on, to_on)."""

    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)

    class Meta:
        abstract = True


class Insurance(Dated):
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="insurances")
    kind = models.CharField(max_length=16, choices=InsuranceKind.choices)
    detail = models.CharField(max_length=120, blank=True)


class Group(models.TextChoices):
    EXTREME_HARDSHIP = "EXTREME_HARDSHIP", _("Extreme hardship")
    MINIMUM_ALLOWANCE = "MINIMUM_ALLOWANCE", _("Minimum living allowance")
    LOW_INCOME = "LOW_INCOME", _("Low income")
    SPECIAL_FAMILY = "SPECIAL_FAMILY", _("Special family (family planning)")
    PREFERENTIAL = "PREFERENTIAL", _("Entitled group (veterans and their families)")
    DISABLED = "DISABLED", _("Disability certificate")
    LIVES_ALONE = "LIVES_ALONE", _("Lives alone")
    EMPTY_NEST = "EMPTY_NEST", _("Children live elsewhere")
    NO_FAMILY = "NO_FAMILY", _("No family")


class GroupMembership(Dated):
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="groups")
    group = models.CharField(max_length=20, choices=Group.choices)
    level = models.CharField(max_length=40, blank=True)
    evidence = models.CharField(max_length=200, blank=True)


class Contact(Model):
    """Whom to call about a person, in this order. The contact needs no record of their own."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    full_name = models.CharField(max_length=60)
    kinship = models.CharField(max_length=16, choices=Kinship.choices)
    phone = models.BinaryField(null=True)
    position = models.PositiveSmallIntegerField(default=1)
    note = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]

    @property
    def number(self) -> str:
        return decrypt(bytes(self.phone)) if self.phone else ""


class FamilyLink(Model):
    """`relative` is this to `person`: their spouse, their child."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="family_links")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="family_links_from")
    kinship = models.CharField(max_length=16, choices=Kinship.choices)
    lives_together = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "relative"], name="family_link_once"),
            models.CheckConstraint(condition=~Q(person=models.F("relative")), name="family_link_to_another"),
        ]


class FamilyDoctorContract(Model):
    """The contract of a person with a family doctor's team of a community health centre."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="family_doctor_contracts")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    doctor_account_id = models.UUIDField(null=True)
    doctor_name = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="family_doctor_contract_one_live"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("starts_on")),
                name="family_doctor_contract_ends_after_start",
            ),
        ]


def kinds_opened() -> Any:
    """Which kinds of clinical data are open (`rules.kinds_of_data`); null: what the scope says."""
    return ArrayField(models.CharField(max_length=16), null=True)


def labels_opened() -> Any:
    """Which sensitive data are open besides (`rules.kinds_of_data`)."""
    return ArrayField(models.CharField(max_length=8), default=list, db_default=[])


def purposes_opened() -> Any:
    """What for it is open (`access.purposes`); null: for care alone."""
    return ArrayField(models.CharField(max_length=12), null=True)


class Consent(Model):
    """A person agreed that an organisation sees their record, for a purpose and a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.FULL)
    # In words, and as what they count.
    purpose = models.CharField(max_length=200)
    purposes = purposes_opened()
    given_by = models.CharField(max_length=120)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    # The kinds of clinical data that it opens beside name, age and address; without them, all that the scope opens.
    kinds = kinds_opened()
    # The sensitive data that it opens besides, by label.
    labels = labels_opened()
    # The agreement with a unit that carries it: it ends with that.
    agreement = models.ForeignKey(
        "people.ServiceAgreement", on_delete=models.PROTECT, null=True, related_name="consents"
    )
    # How it was given, and what it took the place of when it was narrowed.
    act = models.ForeignKey("people.ConsentAct", on_delete=models.PROTECT, null=True, related_name="consents")
    narrows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="narrowed")
    withdrawn_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kinds=None) | Q(scope=Scope.BASIC), name="consent_kinds_of_basic"
            )
        ]


class DelegationBasis(models.TextChoices):
    PERSON = "PERSON", _("The person entrusts it")
    GUARDIAN = "GUARDIAN", _("Guardian: a clinician found that the person cannot decide")


class Delegation(Model):
    """What a person entrusts to a relative's account, or a guardian holds in their place."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations")
    account_id = models.UUIDField()
    account_label = models.CharField(max_length=120)
    kinship = models.CharField(max_length=16, choices=Kinship.choices)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    may_decide = models.BooleanField(default=False)
    basis = models.CharField(max_length=8, choices=DelegationBasis.choices)
    finding_by = models.CharField(max_length=120, blank=True)
    finding_on = models.DateField(null=True)
    evidence = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account_id"], name="delegation_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("starts_at")), name="delegation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(basis=DelegationBasis.PERSON) | (~Q(finding_by="") & Q(finding_on__isnull=False)),
                name="delegation_to_guardian_has_finding",
            ),
        ]


class CareRelationship(models.Model):
    """Why an organisation or an account may see a person's record, from when to when.

    A big table: its key begins with the person, and it has no foreign keys. Merging copies the live rows of
    the duplicate (`copy_of`), so that who may see a living record is asked of its own id alone.
    """

    pk = models.CompositePrimaryKey("person_id", "id")
    id = models.UUIDField(default=new_id, editable=False)
    person_id = models.UUIDField()
    organisation_id = models.UUIDField(null=True)
    account_id = models.UUIDField(null=True)
    basis = models.CharField(max_length=16, choices=Basis.choices)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.FULL)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    source_kind = models.CharField(max_length=40, blank=True)
    source_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    copy_of = models.UUIDField(null=True)
    kinds = kinds_opened()
    labels = labels_opened()
    purposes = purposes_opened()

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation_id", "person_id"],
                include=["starts_at", "ends_at", "purposes"],
                name="care_of_organisation",
                condition=Q(organisation_id__isnull=False),
            ),
            models.Index(
                fields=["account_id", "person_id"],
                include=["starts_at", "ends_at", "purposes"],
                name="care_of_account",
                condition=Q(account_id__isnull=False),
            ),
            models.Index(
                fields=["organisation_id", "person_id"],
                name="care_of_kinds",
                condition=Q(kinds__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation_id=None) ^ Q(account_id=None), name="care_organisation_or_account"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=models.F("starts_at")),
                name="care_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(kinds=None) | Q(scope=Scope.BASIC), name="care_kinds_of_basic"
            ),
            models.UniqueConstraint(
                fields=["person_id", "organisation_id", "account_id", "basis", "source_id"],
                condition=Q(ends_at=None),
                nulls_distinct=False,
                name="care_open_once",
            ),
        ]


class AccessRequest(Model):
    """Somebody who holds the full ID number of a person asks to see the record."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Waiting for an answer")
        GRANTED = "GRANTED", _("Granted")
        DECLINED = "DECLINED", _("Declined")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_requests")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    account_id = models.UUIDField(null=True)
    account_label = models.CharField(max_length=120)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=Q(state="OPEN"), name="access_request_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", answered_at=None)
                | (~Q(state="OPEN") & Q(answered_at__isnull=False)),
                name="access_request_answered",
            ),
        ]


class Disclosure(Model):
    """What a person wants to know about their own care, as they said it to a clinician."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="disclosure")
    wish = models.CharField(max_length=12, choices=Wish.choices, default=Wish.NOT_ASKED)
    own_words = models.CharField(max_length=200, blank=True)
    asked_by = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField(null=True)
    avoid = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wish=Wish.NOT_ASKED) | (~Q(asked_by="") & Q(asked_at__isnull=False)),
                name="disclosure_wish_says_who_asked",
            ),
        ]


class Told(Model):
    """One matter that a clinician has told the person: when, by whom, who was there."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="told")
    topic = models.CharField(max_length=12, choices=Topic.choices)
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=120)
    present = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdraw_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic"], condition=Q(withdrawn_at=None), name="told_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdraw_reason=""), name="told_withdrawn_with_reason"
            ),
        ]


def root_of(person_id: UUID) -> UUID:
    """The id of the record that a merged record now belongs to; any other id is its own root."""
    found: UUID | None = (
        PersonAlias.objects.filter(alias_id=person_id).values_list("person_id", flat=True).first()
    )
    return found or person_id


def root(person_id: UUID) -> Coalesce:
    """`root_of` as part of another statement."""
    kept = PersonAlias.objects.filter(alias_id=person_id).values("person_id")[:1]
    return Coalesce(Subquery(kept), Value(person_id, models.UUIDField()))


def every_id(person_id: UUID) -> set[UUID]:
    """All ids of the person that this id belongs to, whether it is the living one or was merged."""
    found = PersonAlias.objects.filter(person_id=root(person_id)).values_list("person_id", "alias_id")
    return {person_id}.union(*found)


def ids_of(person_id: UUID) -> list[UUID]:
    """The person's own id and those of records merged into it: what big tables are asked for."""
    aliases: Any = PersonAlias.objects.filter(person_id=person_id).values_list("alias_id", flat=True)
    return [person_id, *aliases]


from yiyang.people.models.agreements import (  # noqa: E402  (they refer to Person by name)
    AgreementKind,
    AgreementPaper,
    Barring,
    Capacity,
    CoverageTask,
    GuardianKind,
    Guardianship,
    Matter,
    ServiceAgreement,
)
from yiyang.people.models.assistance import Assistance  # noqa: E402
from yiyang.people.models.consents import ConsentAct  # noqa: E402
