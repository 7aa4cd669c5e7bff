// SPDX-License-Identifier: Apache-2.0

// Handlers of signals, which may run in the middle of anything: C, and calls that POSIX allows there.

#include "CStrataSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

// The signals that came since they were asked for, and those that wait for a child, one bit each.
static atomic_ulong seen;
static atomic_ulong waiting;
// The process that signals are passed on to; 0 before it is started, -1 for nobody.
static atomic_int child = -1;
// A byte in it ends the waiting.
static int wakeup[2] = {-1, -1};

// Whether a process sent a signal. One of the terminal has reached the whole group by itself.
static int is_of_process(const siginfo_t *info) {
#ifdef __APPLE__
  return info->si_code == SI_USER;
#else
  return info->si_code <= 0;
#endif
}

static void pass_on(int signal) {
  pid_t pid = atomic_load(&child);
  if (pid == 0) {
    atomic_fetch_or(&waiting, 1ul << signal);
    // It may have been started in between, on another thread: one of both takes the bit.
    pid = atomic_load(&child);
    if (pid <= 0 || !(atomic_fetch_and(&waiting, ~(1ul << signal)) & 1ul << signal)) return;
  }
  if (pid > 0) kill(pid, signal);
}

static void take(int signal, siginfo_t *info, void *context) {
  (void)context;
  int error = errno;
  if (signal != SIGCHLD && is_of_process(info)) pass_on(signal);
  atomic_fetch_or(&seen, 1ul << signal);
  // A full pipe wakes as well.
  (void)!write(wakeup[1], "", 1);
  // The child has stopped, or will: then so does this process, as its shell expects.
  if (signal == SIGTSTP) kill(getpid(), SIGSTOP);
  errno = error;
}

static int open_pipe(void) {
  if (wakeup[0] >= 0) return 0;
  if (pipe(wakeup) != 0) return -1;
  for (int end = 0; end < 2; end++) {
    fcntl(wakeup[end], F_SETFD, FD_CLOEXEC);
    fcntl(wakeup[end], F_SETFL, O_NONBLOCK);
  }
  return 0;
}

static int watch(const int *signals, int count) {
  if (open_pipe() != 0) return -1;
  for (int index = 0; index < count; index++) {
    struct sigaction action, before;
    if (sigaction(signals[index], 0, &before) != 0) return -1;
    // What whoever started this process has it ignore (nohup, a shell's background) stays ignored.
    if (before.sa_handler == SIG_IGN && signals[index] != SIGCHLD) continue;
    action.sa_sigaction = take;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(signals[index], &action, 0) != 0) return -1;
  }
  return 0;
}

int strata_watch_end(void) {
  static const int signals[] = {SIGINT, SIGTERM};
  return watch(signals, sizeof signals / sizeof *signals);
}

int strata_watch_for_child(void) {
  static const int signals[] = {SIGINT,  SIGQUIT,  SIGTERM, SIGHUP,  SIGUSR1,
                                SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT, SIGCHLD};
  atomic_store(&child, 0);
  return watch(signals, sizeof signals / sizeof *signals);
}

void strata_wait_for_signal(int milliseconds) {
  struct pollfd pipe = {.fd = wakeup[0], .events = POLLIN};
  char bytes[64];
  if (poll(&pipe, 1, milliseconds) > 0) {
    while (read(wakeup[0], bytes, sizeof bytes) > 0) {}
  }
}

int strata_end_was_asked(void) {
  return (atomic_load(&seen) & (1ul << SIGINT | 1ul << SIGTERM)) != 0;
}

int strata_start_child(char *const *arguments, int *pid) {
  posix_spawnattr_t attributes;
  sigset_t none, defaults;
  int error = posix_spawnattr_init(&attributes);
  if (error != 0) return error;
  // Threads of the runtime block signals, and a child would inherit that.
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGCHLD);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t started = 0;
  error = posix_spawnp(&started, arguments[0], 0, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    atomic_store(&child, -1);
    return error;
  }
  *pid = started;
  atomic_store(&child, started);
  unsigned long early = atomic_exchange(&waiting, 0);
  for (int signal = 1; signal < 8 * (int)sizeof early; signal++) {
    if (early & 1ul << signal) kill(started, signal);
  }
  return 0;
}

int strata_child_status(int pid, int *status) {
  siginfo_t info = {0};
  int result;
  // It is left as it is first: while it is, nobody else gets its number.
  do result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
  while (result != 0 && errno == EINTR);
  if (result == 0 && info.si_pid == 0) return 0;
  atomic_store(&child, -1);
  pid_t ended;
  do ended = waitpid(pid, status, 0);
  while (ended < 0 && errno == EINTR);
  return ended == pid ? 1 : -1;
}
