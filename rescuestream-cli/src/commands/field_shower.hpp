#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "fields/field.hpp"
#include "output.hpp"
#include "rescuestream/address_range.hpp"
#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/json_object.hpp"
#include "rescuestream/scopes.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::cli {

/// A visitor for tables of fields (fields/field.hpp) that presents the members of a record as lines
/// of output: one for each member that is set. Secrets are not shown.
class FieldShower {
public:
    explicit FieldShower(Details& details) : details_(details) {}

    void operator()(const Field& field, const std::string& text) const;
    void operator()(const Field& field, const JsonObject& object) const;
    void operator()(const Field& field, Timestamp time) const;
    void operator()(const Field& field, std::chrono::seconds length) const;
    void operator()(const Field& field, std::uint64_t bitrate) const;
    void operator()(const Field& field, std::uint32_t number) const;
    void operator()(const Field& field, const std::vector<AddressRange>& ranges) const;
    void operator()(const Field& field, const std::vector<BroadcasterId>& ids) const;
    void operator()(const Field& field, Scopes scopes) const;
    void operator()(const Field& field, const PublicAddresses& addresses) const;
    void operator()(const Field& /*field*/, const Secret&) const {}
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, Enum word) const {
        details_.add(std::string(field.title), std::string(to_string(word)));
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, const std::vector<Enum>& words) const {
        std::string text;
        for (const Enum word : words) text.append(text.empty() ? "" : ", ").append(to_string(word));
        details_.add(std::string(field.title), std::move(text));
    }
    template <class T>
    void operator()(const Field& field, const std::optional<T>& given) const {
        if (given) (*this)(field, *given);
    }

private:
    Details& details_;
};

}  // namespace rescuestream::cli
