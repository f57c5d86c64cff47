/* The floor of a listing: readdir and one stat a run, and the newest kept.
 *
 * Usage: recent <results directory> <calls>
 * Prints the milliseconds that all calls took, then the newest runs. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LIMIT 10

struct run {
  struct timespec mtime;
  char name[256];
};

static int is_older(const struct run *a, const struct run *b) {
  if (a->mtime.tv_sec != b->mtime.tv_sec)
    return a->mtime.tv_sec < b->mtime.tv_sec;
  if (a->mtime.tv_nsec != b->mtime.tv_nsec)
    return a->mtime.tv_nsec < b->mtime.tv_nsec;
  return strcmp(a->name, b->name) < 0;
}

static int list(const char *path, struct run newest[LIMIT]) {
  int count = 0;
  DIR *directory = opendir(path);
  if (directory == NULL) exit(1);
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
    char summary[512];
    struct stat info;
    struct run run;
    snprintf(summary, sizeof summary, "%s/latency_summary.json", entry->d_name);
    if (fstatat(dirfd(directory), summary, &info, AT_SYMLINK_NOFOLLOW) != 0)
      continue;
    run.mtime = info.st_mtim;
    strcpy(run.name, entry->d_name);
    if (count == LIMIT && is_older(&run, &newest[LIMIT - 1])) continue;
    int at = count < LIMIT ? count++ : LIMIT - 1;
    for (; at > 0 && is_older(&newest[at - 1], &run); at--)
      newest[at] = newest[at - 1];
    newest[at] = run;
  }
  closedir(directory);
  return count;
}

int main(int argc, char **argv) {
  struct run newest[LIMIT];
  struct timespec start, end;
  int count = 0;
  if (argc != 3) return 2;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int calls = atoi(argv[2]); calls > 0; calls--)
    count = list(argv[1], newest);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%f\n", (end.tv_sec - start.tv_sec) * 1e3 +
                     (end.tv_nsec - start.tv_nsec) / 1e6);
  for (int i = 0; i < count; i++) printf("%s\n", newest[i].name);
}
