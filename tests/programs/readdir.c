// SPDX-License-Identifier: GPL-2.0
/*
 * readdir DIRECTORY: has the kernel list a directory into memory that is not there yet, while
 * another thread changes what memory there is. So it waits for mmap_lock with the locks of the
 * directory held, which lockdep does not see if it has not to wait.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE	4096
#define ROUNDS	5000
/* Of "." and "..", which a directory begins with, and which are not written under its locks */
#define DOTS	48

static volatile bool stop;

static void *fresh(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void *change(void *arg)
{
	while (!stop)
		munmap(fresh(PAGE), PAGE);
	return arg;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	char *pages = fresh(2 * PAGE);
	pthread_t thread;
	int i;

	if (pages == MAP_FAILED || fd < 0 || pthread_create(&thread, NULL, change, NULL))
		return EXIT_FAILURE;
	for (i = 0; i < ROUNDS; i++) {
		if (madvise(pages + PAGE, PAGE, MADV_DONTNEED) || lseek(fd, 0, SEEK_SET) ||
		    syscall(SYS_getdents64, fd, pages + PAGE - DOTS, PAGE) <= DOTS)
			return EXIT_FAILURE;
	}
	stop = true;
	pthread_join(thread, NULL);
	return EXIT_SUCCESS;
}
