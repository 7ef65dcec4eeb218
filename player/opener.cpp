#include "player/opener.h"

#include <utility>

#include "core/thread_name.h"

namespace vitrine {

Opener::Opener(Options options) : options_(std::move(options)), thread_([this] { run(); }) {}

Opener::~Opener() {
    cancel();
    {
        std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Opener::open_next(std::optional<Item> back_from) {
    ask(OpenNext{std::move(back_from), new_opening()});
}

void Opener::open_listed(Item item) {
    ask(OpenThis{std::move(item), new_opening(), true});
}

void Opener::open_again(Item item) {
    ask(OpenThis{std::move(item), new_opening(), false});
}

void Opener::close(std::shared_ptr<Session> session) {
    ask(Close{std::move(session)});
}

void Opener::give_source_back(std::shared_ptr<Session> session) {
    ask(GiveBack{std::move(session)});
}

void Opener::ask(Job job) {
    {
        std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    changed_.notify_all();
}

Opener::GivenUp Opener::new_opening() {
    given_up_ = std::make_shared<std::atomic<bool>>(false);
    return given_up_;
}

void Opener::cancel_one() {
    if (given_up_) given_up_->store(true);
}

std::optional<OpenerAnswer> Opener::take() {
    std::lock_guard lock(mutex_);
    if (answers_.empty()) return std::nullopt;
    std::optional<OpenerAnswer> answer = std::move(answers_.front());
    answers_.pop_front();
    if (!std::holds_alternative<ClosedItem>(*answer)) given_up_.reset();  // it is open by now
    return answer;
}

void Opener::wait_until_idle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

void Opener::run() {
    name_this_thread("vitrine:open");
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        busy_ = true;
        lock.unlock();
        auto done = answer(std::move(job));
        lock.lock();
        const bool answered = done.has_value();
        if (answered) answers_.push_back(std::move(*done));
        busy_ = false;
        lock.unlock();
        changed_.notify_all();
        if (answered && options_.wake) options_.wake();
        lock.lock();
    }
}

std::optional<OpenerAnswer> Opener::answer(Job job) {
    if (auto* close = std::get_if<Close>(&job)) {
        close->session->queue().set_listener({});
        const size_t dropped = close->session->close();
        return ClosedItem{std::move(close->session), dropped};
    }
    if (auto* back = std::get_if<GiveBack>(&job)) {
        back->session->give_source_back();
        return std::nullopt;
    }
    if (auto* open = std::get_if<OpenThis>(&job)) {
        if (open->listed) return open_wanted(std::move(open->item), open->given_up);
        return open_now(std::move(open->item), cancelled_or(open->given_up));
    }
    const auto& [back_from, given_up] = std::get<OpenNext>(job);
    if (back_from) options_.go_back(*back_from);
    NextAnswer next = EndOfList{};
    if (!cancelled_->load()) next = options_.next_item();
    if (auto* item = std::get_if<Item>(&next)) return open_wanted(std::move(*item), given_up);
    if (auto* nothing = std::get_if<NothingYet>(&next)) return *nothing;
    return std::get<EndOfList>(next);
}

std::function<bool()> Opener::cancelled_or(const GivenUp& given_up) const {
    return [all = cancelled_, given_up] { return *all || *given_up; };
}

OpenerAnswer Opener::open_wanted(Item item, const GivenUp& given_up) {
    const auto cancelled = [cancelled = cancelled_or(given_up), first_wanted = first_wanted_,
                            number = item.number] { return number < *first_wanted || cancelled(); };
    return open_now(std::move(item), cancelled);
}

OpenerAnswer Opener::open_now(Item item, const std::function<bool()>& cancelled) {
    if (cancelled()) {
        Error error{Errc::interrupted, fmt::format("{}: interrupted", item.file)};
        return UnopenedItem{std::move(item), std::move(error)};
    }
    auto source = options_.open(item, cancelled);
    if (!source) return UnopenedItem{std::move(item), source.error()};
    auto session =
        std::make_shared<Session>(std::move(*source), options_.queue_capacity, *options_.clock,
                                  item.end, item.volume.value_or(100) / 100);
    session->queue().set_listener(options_.wake);
    if (options_.wake) options_.wake();  // for what came before
    return OpenedItem{std::move(item), std::move(session)};
}

}  // namespace vitrine
