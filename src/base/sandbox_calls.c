/* SPDX-License-Identifier: Apache-2.0 */
/* seccomp: which system calls this process may still make. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/sandbox.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_ARCH AUDIT_ARCH_RISCV64
#endif

#ifdef OUR_ARCH

/* Numbers from here on, and 424 to 512, are the x32 form of the same calls. */
#define X32_FIRST 0x40000000u

/*
 * What is refused rather than what is allowed: the C library, the sanitizers and the kernel's
 * newer calls would each need a row of their own, and a row that is missing would end the program.
 */
static const unsigned refused[] = {
	/* the network, and other processes by sockets */
	SYS_socket,
	SYS_socketpair,
	SYS_connect,
	SYS_bind,
	SYS_listen,
	SYS_accept,
	SYS_accept4,
	SYS_sendto,
	SYS_sendmsg,
	SYS_sendmmsg,
	/* the same without these calls */
	SYS_io_uring_setup,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	/* programs and processes; clone is looked at below */
	SYS_execve,
	SYS_execveat,
#ifdef SYS_fork
	SYS_fork,
	SYS_vfork,
#endif
	/* other processes */
	SYS_ptrace,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_pidfd_getfd,
	SYS_pidfd_send_signal,
	SYS_kcmp,
	SYS_kill,
	SYS_tkill,
	SYS_rt_sigqueueinfo,
	SYS_rt_tgsigqueueinfo,
	/* files by another name than their path, other views of the file system */
	SYS_open_by_handle_at,
	SYS_mount,
	SYS_umount2,
	SYS_move_mount,
	SYS_fsopen,
	SYS_open_tree,
	SYS_pivot_root,
	SYS_chroot,
	SYS_unshare,
	SYS_setns,
	/* parts of the kernel that nothing here has use for */
	SYS_bpf,
	SYS_perf_event_open,
	SYS_userfaultfd,
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
};

#define REFUSE(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define ALLOW         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define LOAD(field)   BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* The next statement is for what passes the test. */
#define IF_EQ(value)   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1)
#define IF_NOT(value)  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 1, 0)
#define IF_FROM(value) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (value), 0, 1)

#define FILTER_MAX (2 * ARRAY_LEN(refused) + 16)

static size_t put(struct sock_filter *to, size_t at, const struct sock_filter *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[at + i] = from[i];
	return at + count;
}

static size_t make_filter(struct sock_filter *f)
{
	/* A call by another architecture's numbers would mean another call. */
	static const struct sock_filter head[] = {
		LOAD(arch), IF_NOT(OUR_ARCH),   REFUSE(EPERM),
		LOAD(nr),   IF_FROM(X32_FIRST), REFUSE(EPERM),
	};
	/*
	 * A thread may start, a process not. The flags of clone3 lie in memory, where a filter
	 * cannot look: ENOSYS, and the C library goes on with clone.
	 */
	static const struct sock_filter tail[] = {
		IF_EQ(SYS_clone3),
		REFUSE(ENOSYS),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0),
		ALLOW,
		LOAD(args[0]),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0),
		REFUSE(EPERM),
		ALLOW,
	};
	size_t n = put(f, 0, head, ARRAY_LEN(head));

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		const struct sock_filter row[] = {IF_EQ(refused[i]), REFUSE(EPERM)};

		n = put(f, n, row, ARRAY_LEN(row));
	}
	return put(f, n, tail, ARRAY_LEN(tail));
}

bool sandbox_has_seccomp(void)
{
	const uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

struct err *sandbox_close_calls(void)
{
	struct sock_filter filter[FILTER_MAX];
	struct sock_fprog program = {.filter = filter};

	if (!sandbox_has_seccomp())
		return NULL;
	program.len = (unsigned short)make_filter(filter);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
		return err_errno(ERR_CONFIG, errno, "seccomp");
	return NULL;
}

#else /* a machine whose call numbers are not known here */

bool sandbox_has_seccomp(void)
{
	return false;
}

struct err *sandbox_close_calls(void)
{
	return NULL;
}

#endif
