#pragma once

#include <string>
#include <vector>

#include "mediamtx/config.hpp"
#include "mediamtx/text_edits.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream::cli {

enum class Severity {
    kError,    ///< It must change, or RescueStream does not work with this MediaMTX.
    kWarning,  ///< Something is lost, or becomes possible, that the owner may not expect.
    kNote,     ///< It keeps working; what happens with it.
};

/// What the move to RescueStream means for one place of an owner's mediamtx.yml.
struct Finding {
    Severity severity = Severity::kNote;
    int line = 0;         ///< The first line is 1; 0: the file does not have the setting.
    std::string subject;  ///< "authMethod", "paths.cam1.runOnDemand", "user drone"
    std::string message;  ///< Full sentences without secrets: a value of the file is never shown.
    bool is_merged = false;  ///< `merge_for_rescuestream` changes it.
    /// What a merge has made of it and why. Empty: `message` fits as the reason.
    std::string change = {};
    /// It is about a program of the owner that will be refused.
    bool is_about_helper = false;
};

/// What the file must fit.
struct MoveTarget {
    MediaMtxConfig config;  ///< Of its ports, only `api_bind` counts: the owner's are kept.
    bool api_bind_is_given = false;     ///< Otherwise any loopback address is good.
    bool path_keys_are_denied = false;  ///< LEGACY_PATH_KEYS=deny
    /// What is set already, so that nobody is told to set it: addresses, HELPER_PATHS,
    /// PLAYBACK_POLICY.
    OrchestratorSettings known;

    bool is_signed() const noexcept { return known.playback_policy == PlaybackPolicy::kSigned; }
};

/// The findings of a file, and the edits that make it work with RescueStream.
struct Move {
    std::vector<Finding> findings;  ///< By line; those without a line are the first.
    std::vector<TextEdit> edits;
    /// The settings that the edits change: "authMethod", "paths/cam1/overridePublisher".
    std::vector<std::string> changed;
};

}  // namespace rescuestream::cli
