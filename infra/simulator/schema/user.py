"""Users, and what they are: their profile, their role, their licence.

Source: "User", "Profile", "UserRole" and "UserLicense", Object Reference.
"""

from __future__ import annotations

from dataclasses import replace

from infra.simulator.schema.common_fields import address, audit_fields, last_seen, name_parts, record_head
from infra.simulator.schema.declarations import (
    flag,
    integer,
    label_of,
    picklist,
    read_only,
    reference,
    text,
    typed,
    unfilterable,
)
from infra.simulator.schema.fields import ChildRelationship, Choice, Field, SObject

USER_TYPES = (
    "Standard,PowerPartner,PowerCustomerSuccess,CustomerSuccess,Guest,CspLitePortal,CsnOnly,SelfService,"
    "AutomatedProcess,CloudIntegrationUser"
)
PERMISSIONS = (
    "MarketingUser,OfflineUser,CallCenterAutoLogin,SFContentUser,KnowledgeUser,InteractionUser,SupportUser,"
    "JigsawProspectingUser,SiteforceContributorUser,SiteforcePublisherUser,WorkDotComUserFeature"
)
PREFERENCES = (
    "ActivityRemindersPopup,EventRemindersCheckboxDefault,TaskRemindersCheckboxDefault,ReminderSoundOff,"
    "DisableAllFeedsEmail,DisableFollowersEmail,DisableProfilePostEmail,DisableChangeCommentEmail,"
    "DisableLaterCommentEmail,DisProfPostCommentEmail,ContentNoEmail,ContentEmailAsAndWhen,ApexPagesDeveloperMode,"
    "ReceiveNoNotificationsAsApprover,ReceiveNotificationsAsDelegatedApprover,HideCSNGetChatterMobileTask,"
    "DisableMentionsPostEmail,DisMentionsCommentEmail,HideCSNDesktopTask,HideChatterOnboardingSplash,"
    "HideSecondChatterOnboardingSplash,DisCommentAfterLikeEmail,DisableLikeEmail,SortFeedByComment,"
    "DisableMessageEmail,JigsawListUser,DisableBookmarkEmail,DisableSharePostEmail,EnableAutoSubForFeeds,"
    "DisableFileShareNotificationsForApi,ShowTitleToExternalUsers,ShowManagerToExternalUsers,"
    "ShowEmailToExternalUsers,ShowWorkPhoneToExternalUsers,ShowMobilePhoneToExternalUsers,ShowFaxToExternalUsers,"
    "ShowStreetAddressToExternalUsers,ShowCityToExternalUsers,ShowStateToExternalUsers,"
    "ShowPostalCodeToExternalUsers,ShowCountryToExternalUsers,ShowProfilePicToGuestUsers,ShowTitleToGuestUsers,"
    "ShowCityToGuestUsers,ShowStateToGuestUsers,ShowPostalCodeToGuestUsers,ShowCountryToGuestUsers,HideS1BrowserUI,"
    "DisableEndorsementEmail,PathAssistantCollapsed,CacheDiagnostics,ShowEmailToGuestUsers,ShowManagerToGuestUsers,"
    "ShowWorkPhoneToGuestUsers,ShowMobilePhoneToGuestUsers,ShowFaxToGuestUsers,ShowStreetAddressToGuestUsers,"
    "LightningExperiencePreferred,PreviewLightning,HideEndUserOnboardingAssistantModal,"
    "HideLightningMigrationModal,HideSfxWelcomeMat,HideBiggerPhotoCallout,GlobalNavBarWTShown,"
    "GlobalNavGridMenuWTShown,CreateLEXAppsWTShown,FavoritesWTShown,RecordHomeSectionCollapseWTShown,"
    "RecordHomeReservedWTShown,FavoritesShowTopFavorites,ExcludeMailAppAttachments,SuppressTaskSFXReminders,"
    "SuppressEventSFXReminders,PreviewCustomTheme,HasCelebrationBadge,UserDebugModePref,SRHOverrideActivities,"
    "NewLightningReportRunPageEnabled,ReverseOpenActivitiesView,NativeEmailClient"
)
_FREQUENCIES = (Choice("D", label="Daily"), Choice("W", label="Weekly"), Choice("N", label="Never"))


def _flags(prefix: str, names: str) -> tuple[Field, ...]:
    return tuple(flag(f"{prefix}{name}", label_of(name)) for name in names.split(","))


def _setting(name: str, label: str, *values: str) -> Field:
    return replace(picklist(name, *values, length=40, label=label, restricted=True), nillable=False)


def _frequency(name: str, label: str, default: str, *choices: Choice) -> Field:
    return replace(_setting(name, label), choices=choices, default=default, defaulted=True)


USER = SObject(
    "User",
    "User",
    "Users",
    "005",
    writable=False,
    indexed=("Username",),
    named_layouts=("UserAlt",),
    children=(
        ChildRelationship("ManagedUsers", "User", "ManagerId"),
        ChildRelationship("UserProfiles", "User", "DelegatedApproverId"),
    ),
    fields=(
        record_head("User")[0],
        replace(text("Username", 80, nillable=False), id_lookup=True),
        *(part for part in name_parts() if part.name != "Salutation"),
        text("CompanyName", 80),
        text("Division", 80),
        text("Department", 80),
        text("Title", 80),
        *address(),
        replace(typed("Email", "email", 128), nillable=False, id_lookup=True),
        flag("EmailPreferencesAutoBcc", "AutoBcc"),
        flag("EmailPreferencesAutoBccStayInTouch", "AutoBccStayInTouch"),
        flag("EmailPreferencesStayInTouchReminder", "StayInTouchReminder"),
        typed("SenderEmail", "email", 80, "Email Sender Address"),
        text("SenderName", 80, "Email Sender Name"),
        unfilterable(typed("Signature", "textarea", 1333, "Email Signature")),
        text("StayInTouchSubject", 80, "Stay-in-Touch Email Subject"),
        typed("StayInTouchSignature", "textarea", 512, "Stay-in-Touch Email Signature"),
        typed("StayInTouchNote", "textarea", 512, "Stay-in-Touch Email Note"),
        typed("Phone", "phone", 40),
        typed("Fax", "phone", 40),
        typed("MobilePhone", "phone", 40, "Mobile"),
        text("Alias", 8, nillable=False),
        text("CommunityNickname", 40, "Nickname", nillable=False),
        read_only(text("BadgeText", 80, "User Photo badge text overlay")),
        flag("IsActive", "Active"),
        _setting("TimeZoneSidKey", "Time Zone", "GMT", "Europe/London", "America/New_York", "America/Los_Angeles"),
        reference("UserRoleId", "UserRole", label="Role ID"),
        _setting("LocaleSidKey", "Locale", "en_US", "en_GB", "de_DE", "fr_FR"),
        flag("ReceivesInfoEmails", "Info Emails"),
        flag("ReceivesAdminInfoEmails", "Admin Info Emails"),
        _setting("EmailEncodingKey", "Email Encoding", "UTF-8", "ISO-8859-1"),
        replace(reference("ProfileId", "Profile"), nillable=False),
        read_only(picklist("UserType", *USER_TYPES.split(","), length=40, restricted=True)),
        _setting("LanguageLocaleKey", "Language", "en_US", "de", "es", "fr", "ja"),
        text("EmployeeNumber", 20),
        reference("DelegatedApproverId", "Group", "User"),
        reference("ManagerId", "User"),
        read_only(typed("LastLoginDate", "datetime", label="Last Login")),
        read_only(typed("LastPasswordChangeDate", "datetime", label="Last Password Change or Reset")),
        *audit_fields(),
        read_only(integer("NumberOfFailedLogins", 9, "Failed Login Attempts")),
        *_flags("UserPermissions", PERMISSIONS),
        flag("ForecastEnabled", "Allow Forecasting"),
        *_flags("UserPreferences", PREFERENCES),
        reference("ContactId", "Contact"),
        read_only(reference("AccountId", "Account")),
        reference("CallCenterId", "CallCenter"),
        typed("Extension", "phone", 40),
        replace(text("FederationIdentifier", 512, "SAML Federation ID"), id_lookup=True),
        typed("AboutMe", "textarea", 1000),
        read_only(typed("FullPhotoUrl", "url", 1024, "Url for full-sized Photo")),
        read_only(typed("SmallPhotoUrl", "url", 1024, "Photo")),
        read_only(flag("IsExtIndicatorVisible", "Show external indicator")),
        read_only(text("OutOfOfficeMessage", 40, "Out of office message")),
        read_only(typed("MediumPhotoUrl", "url", 1024, "Url for medium profile photo")),
        _frequency("DigestFrequency", "Chatter Email Highlights Frequency", "D", *_FREQUENCIES),
        _frequency(
            "DefaultGroupNotificationFrequency",
            "Default Notification Frequency when Joining Groups",
            "N",
            Choice("P", label="Email on each post"),
            *_FREQUENCIES,
        ),
        *last_seen(),
        read_only(typed("BannerPhotoUrl", "url", 1024, "Url for banner photo")),
        read_only(typed("SmallBannerPhotoUrl", "url", 1024, "Url for IOS banner photo")),
        read_only(typed("MediumBannerPhotoUrl", "url", 1024, "Url for Android banner photo")),
        read_only(flag("IsProfilePhotoActive", "Has Profile Photo")),
        reference("IndividualId", "Individual"),
    ),
)

PROFILE = SObject(
    "Profile",
    "Profile",
    "Profile",
    "00e",
    writable=False,
    searchable=False,
    children=(ChildRelationship("Users", "User", "ProfileId"),),
    fields=(
        record_head("Profile")[0],
        text("Name", 255, nillable=False),
        reference("UserLicenseId", "UserLicense"),
        picklist("UserType", *USER_TYPES.split(","), length=40, restricted=True),
        *audit_fields(),
        text("Description", 255),
        *last_seen(),
    ),
)

USER_ROLE = SObject(
    "UserRole",
    "Role",
    "Role",
    "00E",
    writable=False,
    searchable=False,
    children=(ChildRelationship("Users", "User", "UserRoleId"),),
    fields=(
        record_head("Role")[0],
        text("Name", 80, nillable=False),
        reference("ParentRoleId", "UserRole"),
        text("RollupDescription", 80, "Description"),
        *(
            _setting(f"{kind}AccessForAccountOwner", f"{kind} Access Level for Account Owner", "None", "Read", "Edit")
            for kind in ("Opportunity", "Case", "Contact")
        ),
        reference("ForecastUserId", "User", label="User ID"),
        flag("MayForecastManagerShare"),
        *audit_fields()[2:],
        text("DeveloperName", 80),
        reference("PortalAccountId", "Account", label="Account ID"),
        _setting("PortalType", "Portal Type", "None", "CustomerPortal", "Partner"),
        reference("PortalAccountOwnerId", "User", label="User ID"),
    ),
)

USER_LICENSE = SObject(
    "UserLicense",
    "User License",
    "User Licenses",
    "100",
    writable=False,
    searchable=False,
    fields=(
        record_head("User License")[0],
        text("LicenseDefinitionKey", 40, "License Def. ID", nillable=False),
        integer("TotalLicenses", 9),
        picklist("Status", "Active", "Disabled", length=40, restricted=True),
        integer("UsedLicenses", 9),
        text("Name", 60, nillable=False),
        text("MasterLabel", 40, nillable=False),
        *audit_fields(),
    ),
)
