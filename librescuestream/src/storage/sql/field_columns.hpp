#pragma once

#include <string>

#include "fields/addresses.hpp"
#include "fields/field.hpp"
#include "rescuestream/json_object.hpp"
#include "rescuestream/secret.hpp"
#include "storage/sql/database.hpp"
#include "storage/sql/records.hpp"

/// Visitors for tables of fields (fields/field.hpp) whose members stand in columns. The columns of
/// a statement are in the order of the table.
namespace rescuestream::sql {

/// Reads the columns from left to right into the members.
struct ReadColumn {
    RowReader& row;

    void operator()(const Field& /*field*/, std::string& text) const { text = row.text(); }
    void operator()(const Field& /*field*/, bool& flag) const { flag = row.boolean(); }
    void operator()(const Field& /*field*/, JsonObject& object) const { object = row.json(); }
    void operator()(const Field& /*field*/, Secret& secret) const { secret = Secret(row.text()); }
    void operator()(const Field& /*field*/, PublicAddresses& addresses) const {
        fields::for_each_field(addresses, *this);
    }
};

/// Adds the members to the parameters of a statement.
struct AddValue {
    Values& values;

    void operator()(const Field& /*field*/, const std::string& text) const {
        values.emplace_back(text);
    }
    void operator()(const Field& /*field*/, const bool& flag) const { values.emplace_back(flag); }
    void operator()(const Field& /*field*/, const JsonObject& object) const {
        values.emplace_back(object.text());
    }
    void operator()(const Field& /*field*/, const Secret& secret) const {
        values.emplace_back(secret.reveal());
    }
    void operator()(const Field& /*field*/, const PublicAddresses& addresses) const {
        fields::for_each_field(addresses, *this);
    }
};

}  // namespace rescuestream::sql
