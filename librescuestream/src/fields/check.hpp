#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fields/field.hpp"
#include "rescuestream/address_range.hpp"
#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/json_object.hpp"
#include "rescuestream/scopes.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"
#include "support/validation.hpp"

namespace rescuestream::fields {

/// A visitor for tables of fields: adds the errors of the given members to a validation. `now` is
/// the time after which a time is in the future.
class Check {
public:
    /// `parent` is the pointer to the object that has the members; empty: the whole input.
    Check(Validation& validation, Timestamp now, std::string parent = {})
        : validation_(validation), now_(now), parent_(std::move(parent)) {}

    void operator()(const Field& field, const std::string& text) const;
    void operator()(const Field& field, const Secret& secret) const;
    void operator()(const Field& field, Timestamp time) const;
    void operator()(const Field& field, std::chrono::seconds length) const;
    void operator()(const Field& field, std::uint64_t bitrate) const;
    void operator()(const Field& field, std::uint32_t number) const;
    void operator()(const Field& field, const JsonObject& metadata) const;
    void operator()(const Field& field, const std::vector<AddressRange>& ranges) const;
    void operator()(const Field& field, const std::vector<BroadcasterId>& ids) const;
    void operator()(const Field& field, Scopes scopes) const;
    void operator()(const Field& field, const PublicAddresses& addresses) const;
    void operator()(const Field& field, const AddressPatch& addresses) const;
    void operator()(const Field& /*field*/, bool /*flag*/) const {}
    /// Every value of the enumeration is valid.
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& /*field*/, Enum /*word*/) const {}
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, const std::vector<Enum>& words) const {
        validation_.count(pointer_to(field), words.size(), static_cast<std::size_t>(field.min),
                          static_cast<std::size_t>(field.max));
    }
    /// A member that is not given is not checked.
    template <class T>
    void operator()(const Field& field, const std::optional<T>& given) const {
        if (given) (*this)(field, *given);
    }

private:
    std::string pointer_to(const Field& field) const;

    Validation& validation_;
    Timestamp now_;
    std::string parent_;
};

}  // namespace rescuestream::fields
