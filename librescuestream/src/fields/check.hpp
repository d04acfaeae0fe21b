#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fields/field.hpp"
#include "rescuestream/address_range.hpp"
#include "rescuestream/json_object.hpp"
#include "rescuestream/time.hpp"
#include "support/validation.hpp"

namespace rescuestream::fields {

/// Checks that no member name and no text of `metadata` contains a key value, at any depth. The
/// error names the first place.
void check_no_key_value(Validation& validation, std::string_view pointer,
                        const JsonObject& metadata);

/// A visitor for tables of fields: adds the errors of the given members to a validation. `now` is
/// the time after which a time is in the future.
class Check {
public:
    Check(Validation& validation, Timestamp now) : validation_(validation), now_(now) {}

    void operator()(const Field& field, const std::optional<std::string>& text) const;
    void operator()(const Field& field, const std::optional<Timestamp>& time) const;
    void operator()(const Field& field, const std::optional<std::chrono::seconds>& length) const;
    void operator()(const Field& field,
                    const std::optional<std::vector<AddressRange>>& ranges) const;
    /// Every value of the enumeration is valid.
    template <class Enum>
    void operator()(const Field& /*field*/, const std::optional<Enum>& /*word*/) const {}

private:
    Validation& validation_;
    Timestamp now_;
};

}  // namespace rescuestream::fields
