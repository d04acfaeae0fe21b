#include "storage/postgres/rows.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "support/crypto.hpp"

namespace rescuestream::postgres {
namespace {

/// Reads a row when its first cell is requested and keeps the positions of its texts: creating an
/// object of libpqxx for each cell took a quarter of the time of a long list.
///
/// Thread-safety: none, though its methods are const.
class ResultRows final : public sql::Rows {
public:
    explicit ResultRows(const pqxx::result& result)
        : result_(result), size_(static_cast<std::size_t>(result.size())) {}
    /// Only one row, with the columns from `first_column` on.
    ResultRows(const pqxx::result& result, std::size_t row, int first_column)
        : result_(result), first_row_(row), size_(1), first_column_(first_column) {}

    std::size_t size() const override { return size_; }
    bool is_null(std::size_t row, int column) const override {
        return at(row, column).data() == nullptr;
    }
    std::string text(std::size_t row, int column) const override {
        return std::string(at(row, column));
    }
    std::int64_t integer(std::size_t row, int column) const override {
        const auto text = at(row, column);
        std::int64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
    bool boolean(std::size_t row, int column) const override { return at(row, column) == "t"; }
    Uuid uuid(std::size_t row, int column) const override {
        return checked(Uuid::parse(at(row, column)));
    }
    // 2026-01-17 10:00:00.123456+00
    Timestamp time(std::size_t row, int column) const override {
        const auto text = at(row, column);
        std::array<char, 40> time{};
        const auto size = text.copy(time.data(), time.size() - kMinutes.size());
        kMinutes.copy(time.data() + size, kMinutes.size());
        return checked(parse_rfc3339({time.data(), size + kMinutes.size()}));
    }
    // \x0123…
    KeyDigest digest(std::size_t row, int column) const override {
        const auto text = at(row, column);
        std::optional<KeyDigest> digest(std::in_place);
        if (!text.starts_with("\\x") || !from_hex(text.substr(2), *digest)) digest.reset();
        return checked(digest);
    }

private:
    static constexpr std::string_view kMinutes = ":00";  // minutes of the time zone

    // A null pointer for NULL. libpq keeps the bytes as long as the result exists.
    std::string_view at(std::size_t row, int column) const {
        if (cells_.empty() || row != cells_row_) read_row(row);
        return cells_.at(static_cast<std::size_t>(first_column_ + column));
    }
    void read_row(std::size_t row) const {
        cells_.clear();
        const pqxx::row fields = result_.at(static_cast<pqxx::result::size_type>(first_row_ + row));
        for (auto field = fields.begin(); field != fields.end(); ++field) {
            cells_.push_back(
                field->is_null()
                    ? std::string_view()
                    : std::string_view(field->c_str(), static_cast<std::size_t>(field->size())));
        }
        cells_row_ = row;
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
    mutable std::vector<std::string_view> cells_;  // cells of the row that was read last
    mutable std::size_t cells_row_ = 0;
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
