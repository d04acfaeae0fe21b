#include "storage/postgres/rows.hpp"

#include <algorithm>
#include <charconv>

#include "support/crypto.hpp"

namespace rescuestream::postgres {
namespace {

class ResultRows final : public sql::Rows {
public:
    explicit ResultRows(const pqxx::result& result)
        : result_(result), size_(static_cast<std::size_t>(result.size())) {}
    /// Of one row the columns from `first_column` on.
    ResultRows(const pqxx::result& result, std::size_t row, int first_column)
        : result_(result), first_row_(row), size_(1), first_column_(first_column) {}

    std::size_t size() const override { return size_; }
    bool is_null(std::size_t row, int column) const override { return at(row, column).is_null(); }
    std::string text(std::size_t row, int column) const override {
        return std::string(view(row, column));
    }
    std::int64_t integer(std::size_t row, int column) const override {
        const auto text = view(row, column);
        std::int64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
    bool boolean(std::size_t row, int column) const override { return view(row, column) == "t"; }
    Uuid uuid(std::size_t row, int column) const override {
        return checked(Uuid::parse(view(row, column)));
    }
    // 2026-01-17 10:00:00.123456+00
    Timestamp time(std::size_t row, int column) const override {
        std::string time = text(row, column);
        if (time.size() > 10) time[10] = 'T';
        return checked(parse_rfc3339(time + ":00"));
    }
    // \x0123…
    KeyDigest digest(std::size_t row, int column) const override {
        const auto bytes = view(row, column).starts_with("\\x")
                               ? from_hex(view(row, column).substr(2))
                               : std::nullopt;
        KeyDigest digest{};
        if (checked(bytes).size() != digest.size()) checked(std::optional<int>());
        std::copy(bytes->begin(), bytes->end(), digest.begin());
        return digest;
    }

private:
    pqxx::field at(std::size_t row, int column) const {
        return result_.at(static_cast<pqxx::result::size_type>(first_row_ + row))
            .at(static_cast<pqxx::row::size_type>(first_column_ + column));
    }
    // libpq keeps the bytes as long as the result lives.
    std::string_view view(std::size_t row, int column) const {
        const auto field = at(row, column);
        return {field.c_str(), static_cast<std::size_t>(field.size())};
    }
    template <class T>
    static T checked(const std::optional<T>& value) {
        if (!value) {
            throw sql::Failure{sql::Failure::Kind::kDefect, "a stored value cannot be read"};
        }
        return *value;
    }

    pqxx::result result_;
    std::size_t first_row_ = 0;
    std::size_t size_ = 0;
    int first_column_ = 0;
};

}  // namespace

std::unique_ptr<sql::Rows> make_rows(pqxx::result result) {
    return std::make_unique<ResultRows>(result);
}

std::vector<std::unique_ptr<sql::Rows>> deal_rows(const pqxx::result& result, std::size_t places) {
    std::vector<std::unique_ptr<sql::Rows>> dealt(places);
    const ResultRows rows(result);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto place = static_cast<std::size_t>(rows.integer(row, 0));
        dealt.at(place - 1) = std::make_unique<ResultRows>(result, row, 1);
    }
    for (auto& one : dealt) {
        if (!one) one = std::make_unique<ResultRows>(pqxx::result());
    }
    return dealt;
}

}  // namespace rescuestream::postgres
