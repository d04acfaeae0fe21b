#pragma once

#include <optional>
#include <string>

#include "admin/admin_api.hpp"
#include "files.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// A new key value, with the information that its owner needs to publish.
struct NewValue {
    const StreamKey& key;
    const Secret& value;
    const EncoderAddresses& encoder;
    const ViewerAddresses& viewer;
    std::string json;  ///< The complete output for --json.
};

/// Creates the file of --value-file, before the value exists: the value is shown only once and must
/// not be lost because of a wrong path. Returns nothing for an empty path.
Result<std::optional<ReservedFile>> reserve_value_file(const std::string& path);

/// Prints the value in the requested output form. If there is a `file`, the value is written to it
/// instead, and what is printed has a placeholder for it.
Result<void> hand_over(const Program& program, const NewValue& made, Timestamp now,
                       std::optional<ReservedFile>& file);

/// Checks --qr. kInvalidArgument: the output is not for people.
Result<void> check_qr(const Program& program, const std::string& qr);

/// Shows an address of the new value as a QR code: with "rtmp" that for encoders, with "whip" the
/// page on which a phone publishes its camera. Does nothing if `qr` is empty.
Result<void> show_qr(const Program& program, const NewValue& made, const std::string& qr);

}  // namespace rescuestream::cli
