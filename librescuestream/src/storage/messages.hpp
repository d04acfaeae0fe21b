#pragma once

namespace rescuestream {

/// The errors of all storages for a record that does not exist, or that cannot be changed any more.
constexpr const char* kNoBroadcaster = "There is no broadcaster with this id.";
constexpr const char* kNoKey = "There is no stream key with this id.";
constexpr const char* kNoStream = "There is no stream with this id.";
constexpr const char* kNoIncident = "There is no incident with this id.";
constexpr const char* kIncidentClosed = "The incident is closed.";
constexpr const char* kClosedLongAgo = "The incident was closed more than a day ago.";
constexpr const char* kTooManyIncidents =
    "There are 1000 open incidents, and there may not be more: close those that are over.";
constexpr const char* kTooManyIncidentsOfLimited =
    "Credentials without the scope admin may have 900 of the 1000 open incidents, and one of them, "
    "with those that it made, 500: close those that are over.";
constexpr const char* kNoGuestLink = "There is no guest link with this id.";
constexpr const char* kGuestLinkClosed = "The guest link is closed for ever. Make a new one.";
constexpr const char* kTooManyGuestLinks =
    "There are 1000 open guest links, and there may not be more: close those that are no longer "
    "needed.";
constexpr const char* kTooManyGuestLinksOfLimited =
    "Credentials without the scope admin may have 900 of the 1000 open guest links, and one of "
    "them, with those that it made, 500: close those that are no longer needed.";
constexpr const char* kGuestLinkFull =
    "The guest link is used from as many addresses as it may be.";
constexpr const char* kNoNode = "There is no node with this name.";
constexpr const char* kTooManyNodes =
    "There are 200 nodes, and there may not be more: remove those that are gone.";
constexpr const char* kTooManyNodesForLimited =
    "There are 180 of 200 nodes, and the others are for callers with the scope admin: remove those "
    "that are gone.";
constexpr const char* kPlaybackKeyExists = "There is a playback key with this id already.";
constexpr const char* kTooManyPlaybackKeys =
    "There are 1,000 playback keys, and there may not be more: remove some, or rotate without "
    "overlap_seconds.";
constexpr const char* kTooManyPlaybackKeysOfLimited =
    "Credentials without the scope admin may have 900 of the 1,000 playback keys, and one of them, "
    "with those that it made, 500: remove some.";
constexpr const char* kNoPlaybackKey = "There is no playback key with this id.";
constexpr const char* kNoCredential = "There is no credential with this id.";
constexpr const char* kNoSession = "There is no such session.";
constexpr const char* kTooManyCredentials =
    "There are too many credentials: delete those that are not needed any more.";
constexpr const char* kTooManyCredentialsOfLimited =
    "Credentials without the scope admin may make 4,500 of the 5,000 credentials, and one of them, "
    "with those that it made, 2,500: delete those that are not needed any more.";
constexpr const char* kNoViewer = "There is no viewer with this id.";
constexpr const char* kPathTaken = "Another stream key has this playback path.";
constexpr const char* kMemberHasNone =
    "The stream key that has this playback path has no priority, so it has the path alone. Give "
    "that key a priority first, or choose another path.";
constexpr const char* kNewcomerHasNone =
    "Stream keys with a priority have this playback path. Give this key a priority (1 to 100), "
    "too, or choose another path.";
constexpr const char* kPriorityNeeded =
    "Other stream keys share the playback path of this one, so it must keep a priority. Change it, "
    "or revoke the other keys first.";
constexpr const char* kPriorityKeepsPath = "A stream key with a priority keeps its path.";
constexpr const char* kKeyInUse = "The stream key is in use.";
constexpr const char* kRevoked = "The stream key is revoked.";

}  // namespace rescuestream
