#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fields/field.hpp"
#include "fields/validation.hpp"
#include "rescuestream/address_range.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::fields {

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
