#include "support/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

extern char** environ;

namespace rescuestream::testing {
namespace {

constexpr int kSignalled = 128;  // what a shell adds to the number of a signal

void check(int error, const std::string& what) {
    if (error != 0) throw std::runtime_error(what + ": " + std::strerror(error));
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> merged_environment(const ProcessOptions& options) {
    std::vector<std::string> merged;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (!options.environment.contains(std::string(text.substr(0, text.find('='))))) {
            merged.emplace_back(text);
        }
    }
    for (const auto& [name, value] : options.environment) {
        if (value) merged.push_back(name + "=" + *value);
    }
    return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

class FileActions {
public:
    FileActions() { check(::posix_spawn_file_actions_init(&actions_), "posix_spawn"); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;

    void open(int descriptor, const std::filesystem::path& file, int flags) {
        check(::posix_spawn_file_actions_addopen(&actions_, descriptor, file.c_str(), flags, 0600),
              file.string());
    }
    void close_others() {
        check(::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1), "close");
    }
    void change_directory(const std::string& directory) {
        check(::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str()), directory);
    }
    posix_spawn_file_actions_t* get() { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

}  // namespace

struct Process::State {
    TemporaryDirectory files;
    pid_t pid = 0;
    std::optional<int> exit_code;

    // True when it has ended.
    bool collect() {
        if (exit_code) return true;
        int status = 0;
        if (::waitpid(pid, &status, WNOHANG) != pid) return false;
        exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
        return true;
    }
};

Process::Process(std::vector<std::string> command, const ProcessOptions& options)
    : state_(std::make_unique<State>()) {
    const auto& directory = state_->files.path();
    std::ofstream(directory / "in", std::ios::binary) << options.standard_input;

    FileActions actions;
    actions.open(STDIN_FILENO, directory / "in", O_RDONLY);
    actions.open(STDOUT_FILENO, directory / "out", O_WRONLY | O_CREAT | O_APPEND);
    actions.open(STDERR_FILENO, directory / "err", O_WRONLY | O_CREAT | O_APPEND);
    actions.close_others();
    if (!options.working_directory.empty()) actions.change_directory(options.working_directory);

    auto environment = merged_environment(options);
    check(::posix_spawnp(&state_->pid, command.at(0).c_str(), actions.get(), nullptr,
                         pointers(command).data(), pointers(environment).data()),
          "cannot start " + command[0]);
}

Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

Process::~Process() {
    if (!state_ || state_->collect()) return;
    ::kill(state_->pid, SIGKILL);
    ::waitpid(state_->pid, nullptr, 0);
}

pid_t Process::pid() const noexcept {
    return state_->pid;
}

bool Process::is_running() {
    return !state_->collect();
}

void Process::send_signal(int signal) {
    // After the wait another process may have its id.
    if (!state_->collect()) ::kill(state_->pid, signal);
}

void Process::freeze() {
    send_signal(SIGSTOP);
    siginfo_t change{};
    while (::waitid(P_PID, static_cast<id_t>(state_->pid), &change, WSTOPPED | WEXITED | WNOWAIT) !=
           0) {
        if (errno != EINTR) break;
    }
    if (change.si_code != CLD_STOPPED) throw std::runtime_error("a program cannot be frozen");
}

void Process::thaw() {
    send_signal(SIGCONT);
}

std::optional<int> Process::wait(std::chrono::milliseconds deadline) {
    eventually([this] { return state_->collect(); }, deadline);
    return state_->exit_code;
}

int Process::stop(std::chrono::milliseconds limit) {
    send_signal(SIGTERM);
    if (!wait(limit)) {
        send_signal(SIGKILL);
        wait(std::chrono::hours(1));
    }
    return state_->exit_code.value();
}

std::string Process::output() const {
    return read_file(state_->files.path() / "out");
}

std::string Process::errors() const {
    return read_file(state_->files.path() / "err");
}

ProcessResult run(std::vector<std::string> command, const ProcessOptions& options,
                  std::chrono::milliseconds deadline) {
    const std::string name = command.at(0);
    Process process(std::move(command), options);
    const auto exit_code = process.wait(deadline);
    if (!exit_code) {
        throw std::runtime_error(name + " has not ended in time: " + process.output() +
                                 process.errors());
    }
    return {*exit_code, process.output(), process.errors()};
}

std::optional<std::string> find_program(const std::string& program) {
    const auto can_run = [](const std::string& file) {
        return std::filesystem::is_regular_file(file) && ::access(file.c_str(), X_OK) == 0;
    };
    if (program.find('/') != std::string::npos) {
        return can_run(program) ? std::optional(program) : std::nullopt;
    }
    const char* path = std::getenv("PATH");
    std::istringstream directories(path == nullptr ? "" : path);
    for (std::string directory; std::getline(directories, directory, ':');) {
        std::string file = directory;
        file.append("/").append(program);
        if (can_run(file)) return file;
    }
    return std::nullopt;
}

}  // namespace rescuestream::testing
