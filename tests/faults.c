/* What may go wrong with the disk, for one folder of one process: loaded by LD_PRELOAD.

   Counts the calls that touch files below a folder (FAULTS_ROOT, or faults_arm) and makes the nth
   one fail, be cut short, or be the last thing the process does. With FAULTS_JOURNAL, or a journal
   given to faults_arm, each call that changed something is written down with its bytes, so that a
   test can tell what of it a power cut would have left. Everything else goes on as it was. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OFF, FAIL, FAIL_ON, CUT, KILL, KILL_CUT };

static char root[PATH_MAX];
static size_t root_length;
static long count, at;
static int mode, failure, journal = -1, trace = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Begin to count in `folder`; `n` is the call that `how` befalls, `error` its errno. */
void faults_arm(const char *folder, long n, int how, int error, int trace_fd, int journal_fd) {
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    count = 0, at = n, mode = how, failure = error, trace = trace_fd, journal = journal_fd;
}

static void path_of(int fd, char *out) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, link, out, PATH_MAX - 1);
    out[size > 0 ? size : 0] = 0;
}

static void path_at(int dir, const char *name, char *out) {
    char folder[PATH_MAX];
    if (name[0] == '/') { snprintf(out, PATH_MAX, "%s", name); return; }
    if (dir == AT_FDCWD) { if (!getcwd(folder, sizeof folder)) folder[0] = 0; }
    else path_of(dir, folder);
    snprintf(out, PATH_MAX, "%.*s/%.*s", 2000, folder, 2000, name);
}

static int ours(const char *path) {
    return root_length && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

/* One more call of this kind: the errno it fails with, -1 for a write that is cut short, or 0. */
static int step(char kind, const char *path) {
    long n = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
    if (trace >= 0) dprintf(trace, "%ld %c %s\n", n, kind, path + root_length);
    int hit = n == at || (mode == FAIL_ON && n > at && strchr("cwsrmt", kind));
    if (!at || !hit) return 0;
    if (mode == KILL || (mode == KILL_CUT && kind != 'w')) kill(getpid(), SIGKILL);
    if (mode == CUT || mode == KILL_CUT) return kind == 'w' ? -1 : 0;
    return failure;
}

static void note(char kind, long long inode, long long offset, long long size, const char *path, const void *data) {
    if (journal < 0) return;
    char line[2 * PATH_MAX + 128];
    int length = snprintf(line, sizeof line, "%c %lld %lld %lld %s\n", kind, inode, offset, size, path);
    syscall(SYS_write, journal, line, length);
    if (data) syscall(SYS_write, journal, data, size);
}

static long long inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : (long long)found.st_ino;
}

#define FAULT(kind, path) \
    do { int error = step(kind, path); if (error > 0) { errno = error; return -1; } } while (0)

static int opened(int dir, const char *name, int flags, int permissions) {
    char path[PATH_MAX];
    path_at(dir, name, path);
    if (!ours(path)) return syscall(SYS_openat, dir, name, flags, permissions);
    int changes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT);
    FAULT(changes ? 'c' : 'o', path);
    pthread_mutex_lock(&lock);
    int fd = syscall(SYS_openat, dir, name, flags, permissions);
    if (fd >= 0 && (flags & (O_CREAT | O_TRUNC)))
        note(flags & O_TRUNC ? 'Z' : 'C', inode_of(fd), 0, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define OPEN(name, first, dir) \
    int name(first const char *path, int flags, ...) { \
        va_list rest; va_start(rest, flags); \
        int permissions = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0; \
        va_end(rest); \
        return opened(dir, path, flags, permissions); \
    }
#define DIR_FIRST int dir,
OPEN(open, , AT_FDCWD)
OPEN(open64, , AT_FDCWD)
OPEN(openat, DIR_FIRST, dir)
OPEN(openat64, DIR_FIRST, dir)

static ssize_t written(int fd, const void *data, size_t size, long long offset) {
    char path[PATH_MAX];
    path_of(fd, path);
    if (!ours(path))
        return offset < 0 ? syscall(SYS_write, fd, data, size) : syscall(SYS_pwrite64, fd, data, size, offset);
    int error = step('w', path);
    if (error > 0) { errno = error; return -1; }
    if (error < 0) size = (size + 1) / 2;
    pthread_mutex_lock(&lock);
    long long place = offset >= 0 ? offset : fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    ssize_t done = offset < 0 ? syscall(SYS_write, fd, data, size) : syscall(SYS_pwrite64, fd, data, size, offset);
    if (done > 0) note('W', inode_of(fd), place, done, "", data);
    pthread_mutex_unlock(&lock);
    if (error < 0 && mode == KILL_CUT) kill(getpid(), SIGKILL);
    return done;
}

ssize_t write(int fd, const void *data, size_t size) { return written(fd, data, size, -1); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) { return written(fd, data, size, offset); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) { return written(fd, data, size, offset); }

static int synced(int fd, int call, char kind) {
    char path[PATH_MAX];
    path_of(fd, path);
    if (!ours(path)) return syscall(call, fd);
    FAULT('s', path);
    pthread_mutex_lock(&lock);
    int done = syscall(call, fd);
    if (!done) note(kind, inode_of(fd), 0, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}

int fsync(int fd) { return synced(fd, SYS_fsync, 'S'); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync, 'S'); }
int syncfs(int fd) { return synced(fd, SYS_syncfs, 'A'); }

static int sized(int fd, long long size) {
    char path[PATH_MAX];
    path_of(fd, path);
    if (!ours(path)) return syscall(SYS_ftruncate, fd, size);
    FAULT('t', path);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_ftruncate, fd, size);
    if (!done) note('T', inode_of(fd), 0, size, path, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t size) { return sized(fd, size); }
int ftruncate64(int fd, off64_t size) { return sized(fd, size); }

int renameat(int from, const char *old, int to, const char *new) {
    char first[PATH_MAX], second[PATH_MAX], both[2 * PATH_MAX];
    path_at(from, old, first), path_at(to, new, second);
    if (!ours(second)) return syscall(SYS_renameat2, from, old, to, new, 0);
    FAULT('r', second);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_renameat2, from, old, to, new, 0);
    snprintf(both, sizeof both, "%s\t%s", first, second);
    if (!done) note('R', 0, 0, 0, both, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}

int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int unlinkat(int dir, const char *name, int flags) {
    char path[PATH_MAX];
    path_at(dir, name, path);
    if (!ours(path)) return syscall(SYS_unlinkat, dir, name, flags);
    FAULT('u', path);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_unlinkat, dir, name, flags);
    if (!done) note('U', 0, 0, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int mkdirat(int dir, const char *name, mode_t permissions) {
    char path[PATH_MAX];
    path_at(dir, name, path);
    if (!ours(path)) return syscall(SYS_mkdirat, dir, name, permissions);
    FAULT('m', path);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_mkdirat, dir, name, permissions);
    if (!done) note('M', 0, 0, 0, path, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}

int mkdir(const char *path, mode_t permissions) { return mkdirat(AT_FDCWD, path, permissions); }

int linkat(int from, const char *old, int to, const char *new, int flags) {
    char first[PATH_MAX], second[PATH_MAX], both[2 * PATH_MAX];
    path_at(from, old, first), path_at(to, new, second);
    if (!ours(second)) return syscall(SYS_linkat, from, old, to, new, flags);
    FAULT('r', second);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_linkat, from, old, to, new, flags);
    snprintf(both, sizeof both, "%s\t%s", first, second);
    if (!done) note('L', 0, 0, 0, both, NULL);
    pthread_mutex_unlock(&lock);
    return done;
}

int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }
