#pragma once

#include <string>
#include <type_traits>

#include "fields/addresses.hpp"
#include "fields/field.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream::fields {

/// A visitor for tables of fields: describes the members of a record to `io`, a
/// json::MemberWriter or a json::MemberReader (json/member_io.hpp). Secrets are neither written
/// nor read.
template <class Io>
class RecordFields {
public:
    explicit RecordFields(Io& io) : io_(io) {}

    template <class T>
    void operator()(const Field& field, T& member) const {
        using Member = std::remove_const_t<T>;
        const char* const name = field.name.data();
        if constexpr (std::is_same_v<Member, Secret>) {
            return;
        } else if constexpr (std::is_same_v<Member, PublicAddresses>) {
            io_.object(name, [&](auto& inner) {
                for_each_field(member, RecordFields<std::decay_t<decltype(inner)>>(inner));
            });
        } else if constexpr (std::is_same_v<Member, std::string>) {
            if (field.is_shown_when_empty) {
                io_.required(name, member);
            } else {
                io_.optional(name, member);
            }
        } else {
            io_.required(name, member);
        }
    }

private:
    Io& io_;
};

}  // namespace rescuestream::fields
