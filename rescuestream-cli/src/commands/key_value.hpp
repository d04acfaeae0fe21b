#pragma once

#include <optional>
#include <string>

#include "admin/admin_api.hpp"
#include "files.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// A key value that was made this moment, with what its owner needs next.
struct NewValue {
    const StreamKey& key;
    const Secret& value;
    const EncoderAddresses& encoder;
    const ViewerAddresses& viewer;
    std::string json;  ///< The whole answer, for --json.
};

/// The file of --value-file, made before the value: that exists once and must not be lost to a
/// wrong path. None for an empty path.
Result<std::optional<ReservedFile>> reserve_value_file(const std::string& path);

/// Shows the value in the form that was asked for: the only place where this program shows a
/// secret. Writes it to `file`, too.
Result<void> hand_over(const Program& program, const NewValue& made, Timestamp now,
                       std::optional<ReservedFile>& file);

}  // namespace rescuestream::cli
