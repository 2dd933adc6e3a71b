/* SPDX-License-Identifier: MIT */
/*
 * The ledger: the life of every object, and the accessors that turn a bad touch into a fault.
 *
 * A tagged pointer carries 16 bits that its object's life has to confirm. The check reads
 * memory that is never unmapped, so no touch, however wrong, is undefined behaviour.
 *
 * Accessors (each is a point; @f is a field's name):
 *   get_field(t, p, f)         read, as unmarked kernel code does: can be half of a data race
 *   get_field_once(t, p, f)    marked read: READ_ONCE(), atomic_read(), test_bit()
 *   set_field(t, p, f, v)      write, unmarked
 *   set_field_once(t, p, f, v) write, marked
 *   init_field(t, p, f, v)     the builder's first write of a field
 *   or_field(t, p, f, bits)    atomic or
 *   inc_field(t, p, f)         atomic increment, value not looked at
 *   ref_get, ref_put, ref_put_and_lock: reference counts, below
 * Faults: use-after-free (tag), placeholder-deref (MINOR_ALLOCED), use-uninitialized (read of a
 * field that was never initialised; announce-before-init inside an ADD uevent's handler),
 * init-overwrite (init_field on what another already changed).
 */
#ifndef DMTORTURE_LEDGER_H
#define DMTORTURE_LEDGER_H

#include "objects.h"
#include "slab.h"

/* Patch 02's mark of a minor that is taken but has no device yet. Compared by identity. */
#define MINOR_ALLOCED ((void *)-1L)

#define TAG_SHIFT 48
#include "ledger_form.h"

#define FIELD_INDEX(offset) ((offset) / sizeof(struct word))

/*
 * Allocate an object of @class. @zeroed: kzalloc(), every field counts as initialised; without,
 * the content is whatever was there.
 * Returns a tagged pointer owned by the caller, NULL when there is no memory. Context: any.
 */
void *ledger_alloc(struct task *t, struct slab *s, enum object_class class, bool zeroed);
/* Free it. A point. Faults: double-free, placeholder-deref. */
void ledger_free(struct task *t, struct slab *s, enum object_class class, void *object,
		 const struct site *site);
/* The object's teardown begins. A point. Faults: double-free when it has begun before. */
void ledger_teardown(struct task *t, void *object, const struct site *site);
/* memset(object, 0): one point. Faults: use-after-free, init-overwrite. */
void ledger_zero(struct task *t, void *object, size_t bytes, const struct site *site);

/* Have the fields of @fields, a bit each, count as initialised by the memset that was just made. */
static inline void ledger_zero_is_built(struct task *t, void *object, uint64_t fields);

static inline bool is_object(const void *p)
{
	return (uint16_t)(((uintptr_t)p >> TAG_SHIFT) - 1) < 0xfffe;
}

/* The memory behind a tagged pointer. */
static inline void *untagged(const void *p)
{
	return (void *)((uintptr_t)p & ADDRESS_MASK);
}

static inline struct life *life_of(const void *p)
{
	return (struct life *)((char *)untagged(p) - sizeof(struct life));
}

static inline uint64_t tag_of(const void *p)
{
	return (uintptr_t)p >> TAG_SHIFT;
}

static inline void ledger_zero_is_built(struct task *t, void *object, uint64_t fields)
{
	struct word *built = &life_of(object)->built;

	word_store(t, built, word_peek(built) | fields);
}

/*
 * What kzalloc() left 0 in these fields does not count as a value yet. Context: nobody else has the
 * object.
 */
static inline void ledger_zero_is_unbuilt(struct task *t, void *object, uint64_t fields)
{
	struct word *built = &life_of(object)->built;

	word_store(t, built, word_peek(built) & ~fields);
}

static inline bool ledger_is_built(const void *p, size_t offset)
{
	return word_peek(&life_of(p)->built) >> FIELD_INDEX(offset) & 1;
}

/* Cold halves of the checks in ledger_check.h. */
__cold _Noreturn void ledger_bad_pointer(struct task *t, const void *p, const struct site *site);
__cold _Noreturn void ledger_stale(struct task *t, const void *p, const struct site *site);
/* Two that a CPU does not notice: they return where an execution runs on; see machine_slip(). */
__cold void ledger_stale_read(struct task *t, const void *p, const struct site *site);
__cold void ledger_unbuilt_read(struct task *t, const void *p, size_t offset,
				const struct site *site);
__cold void ledger_unbuilt_write(struct task *t, const void *p, size_t offset);
__cold void ledger_init_check(struct task *t, const void *p, size_t offset,
			      const struct site *site);

/*
 * The checks themselves, empty in the benchmark build that measures their cost, and in real memory,
 * where a bad touch is death:
 *   ledger_check_pointer(t, p, site)        before the point: is it an object at all?
 *   ledger_check_read(t, p, offset, site)   after the point: alive, and the field initialised?
 *   ledger_check_write(t, p, offset, site)  after the point: alive? A change to a field not
 *                                           initialised yet is remembered.
 *   ledger_check_init(t, p, offset, site)   alive? nobody changed it before?
 *   ledger_check_alive(t, p, site)
 */
#include "ledger_check.h"

static inline struct word *field_word(const void *p, size_t offset)
{
	return (struct word *)((char *)untagged(p) + offset);
}

/* READ_ONCE() and WRITE_ONCE() order nothing, and what is not marked says nothing. */
static __always_inline enum word_order order_of(enum point_kind kind)
{
	return kind == POINT_READ || kind == POINT_WRITE ? ORDER_RELAXED : ORDER_NONE;
}

static inline uint64_t field_read(struct task *t, const void *p, size_t offset,
				  enum point_kind kind, const struct site *site)
{
	ledger_check_pointer(t, p, site);
	word_point(t, kind, field_word(p, offset), order_of(kind), site);
	ledger_check_read(t, p, offset, site);
	return observe(t, word_load(t, field_word(p, offset)));
}

static inline void field_write(struct task *t, const void *p, size_t offset, uint64_t value,
			       enum point_kind kind, const struct site *site)
{
	ledger_check_pointer(t, p, site);
	word_point(t, kind, field_word(p, offset), order_of(kind), site);
	ledger_check_write(t, p, offset, site);
	word_store(t, field_word(p, offset), value);
}

static __always_inline void field_init(struct task *t, const void *p, size_t offset, uint64_t value,
				       const struct site *site)
{
	ledger_check_pointer(t, p, site);
	point_lands_at_once(t);
	word_point(t, POINT_WRITE_PLAIN, field_word(p, offset), ORDER_NONE, site);
	ledger_check_init(t, p, offset, site);
	word_store(t, field_word(p, offset), value);
	word_store(t, &life_of(p)->built,
		   word_peek(&life_of(p)->built) | UINT64_C(1) << FIELD_INDEX(offset));
}

static inline uint64_t field_or(struct task *t, const void *p, size_t offset, uint64_t bits,
				const struct site *site)
{
	ledger_check_pointer(t, p, site);
	word_point(t, POINT_RMW, field_word(p, offset), ORDER_RELAXED, site);
	ledger_check_write(t, p, offset, site);
	return word_or(t, field_word(p, offset), bits);
}

static inline uint64_t without_bits(uint64_t value, uint64_t bits)
{
	return value & ~bits;
}

/* Clear the bits of @bits in one step. */
static inline void field_clear(struct task *t, const void *p, size_t offset, uint64_t bits,
			       const struct site *site)
{
	ledger_check_pointer(t, p, site);
	word_point(t, POINT_RMW, field_word(p, offset), ORDER_RELAXED, site);
	ledger_check_write(t, p, offset, site);
	word_map(t, field_word(p, offset), without_bits, bits);
}

/* xchg(): store @value. Returns the value before. */
static inline uint64_t field_swap(struct task *t, const void *p, size_t offset, uint64_t value,
				  const struct site *site)
{
	struct word *w;
	uint64_t before;

	ledger_check_pointer(t, p, site);
	w = field_word(p, offset);
	word_point(t, POINT_RMW, w, ORDER_FULL, site);
	ledger_check_read(t, p, offset, site);
	do
		before = word_peek(w);
	while (word_replace(t, w, before, value) != before);
	return observe(t, before);
}

/*
 * Sleep until the field is @wanted. Context: may sleep. Faults: those of a read; deadlock when
 * nobody is left that could change it.
 */
static inline void field_wait(struct task *t, const void *p, size_t offset, uint64_t wanted,
			      const struct site *site)
{
	uint64_t now;

	might_sleep_at(t, site);
	while ((now = field_read(t, p, offset, POINT_READ, site)) != wanted)
		if (!await_change_at(t, field_word(p, offset), now, site))
			oops(t, DEADLOCK, site, "waits, and nobody is left to end it");
}

/* Returns the value before, for the oracle; the protocol does not look at it. */
static inline int64_t field_inc(struct task *t, const void *p, size_t offset,
				const struct site *site)
{
	ledger_check_pointer(t, p, site);
	word_point(t, POINT_RMW, field_word(p, offset), ORDER_RELAXED, site);
	ledger_check_write(t, p, offset, site);
	return (int64_t)word_add(t, field_word(p, offset), 1);
}

/* Cold halves of the reference counts below. */
__cold _Noreturn void ref_rises(struct task *t, enum fault_kind resurrects, int64_t before,
				const struct site *site);
__cold _Noreturn void ref_falls(struct task *t, enum fault_kind underflows, int64_t before,
				const struct site *site);

/*
 * Take a reference: an unconditional increment, as dm_get() is. @resurrects: the fault when the
 * count was 0. Faults: that, and those of any write.
 */
static inline void ref_get_at(struct task *t, const void *p, size_t offset,
			      enum fault_kind resurrects, const struct site *site)
{
	int64_t before;

	ledger_check_pointer(t, p, site);
	word_point(t, POINT_RMW, field_word(p, offset), ORDER_RELAXED, site);
	ledger_check_write(t, p, offset, site);
	before = (int64_t)word_add(t, field_word(p, offset), 1);
	if (unlikely(observe(t, before <= 0)) && ORACLE_LOOKS && ledger_is_built(p, offset))
		ref_rises(t, resurrects, before, site);
}

/* Look at the count before a drop. Returns whether it is the last. */
static inline bool ref_drops_last(struct task *t, int64_t before, enum fault_kind underflows,
				  const struct site *site)
{
	if (ORACLE_LOOKS && unlikely(before <= 0))
		ref_falls(t, underflows, before, site);
	return before == 1;
}

/* Drop a reference. Returns whether it was the last. @underflows: the fault below 0. */
static __always_inline bool ref_put_at(struct task *t, const void *p, size_t offset,
				       enum fault_kind underflows, const struct site *site)
{
	int64_t before;

	ledger_check_pointer(t, p, site);
	word_point(t, POINT_RMW, field_word(p, offset), ORDER_FULL, site);
	ledger_check_alive(t, p, site);
	ledger_check_read(t, p, offset, site);
	before = (int64_t)word_add(t, field_word(p, offset), -(uint64_t)1);
	return observe(t, ref_drops_last(t, before, underflows, site));
}

/*
 * atomic_dec_and_lock() in its two halves. The first drops a reference that is not the last, the
 * second, when the first did not, takes @lock and drops the reference there.
 * Return whether it was dropped without the lock; whether it was the last, with @lock held.
 * Context: the second takes @lock. Faults as ref_put.
 */
static inline bool ref_put_unless_last_at(struct task *t, const void *p, size_t offset,
					  const struct site *site)
{
	int64_t before;

	ledger_check_pointer(t, p, site);
	word_point(t, POINT_RMW, field_word(p, offset), ORDER_FULL, site);
	ledger_check_alive(t, p, site);
	ledger_check_read(t, p, offset, site);
	before = (int64_t)word_add_unless(t, field_word(p, offset), -(uint64_t)1, 1);
	if (likely(observe(t, !ref_drops_last(t, before, FAULT_REFCOUNT_UNDERFLOW, site))))
		return true;
	point_wrote_nothing(t);
	return false;
}
bool ref_put_locked_at(struct task *t, const void *p, size_t offset, struct spinlock *lock,
		       const struct site *site);

/* Both halves. */
static inline bool ref_put_and_lock_at(struct task *t, const void *p, size_t offset,
				       struct spinlock *lock, const struct site *site)
{
	return !ref_put_unless_last_at(t, p, offset, site) &&
	       ref_put_locked_at(t, p, offset, lock, site);
}

#define FIELD_BIT(p, f) (UINT64_C(1) << FIELD_INDEX(FIELD_OFFSET(p, f)))
#define FIELD_OFFSET(p, f) offsetof(__typeof__(*(p)), f)
#define FIELD_TYPE(p, f) __typeof__(*(p)->f.as)
/* Sites that say which field they touch, or which object as a whole. */
#define SITE_OF_FIELD(p, f, text) SITE_OF(OBJECT_OF(p), FIELD_OF(p, f), text)
#define SITE_OF_OBJECT(p, text) SITE_OF(OBJECT_OF(p), 0, text)
#define FIELD_SITE(p, f, how) SITE_OF_FIELD(p, f, #p "->" #f how)

#define get_field(t, p, f)                                                                         \
	((FIELD_TYPE(p, f))field_read((t), (p), FIELD_OFFSET(p, f), POINT_READ_PLAIN,              \
				      FIELD_SITE(p, f, "")))
#define get_field_once(t, p, f)                                                                    \
	((FIELD_TYPE(p, f))field_read((t), (p), FIELD_OFFSET(p, f), POINT_READ,                    \
				      FIELD_SITE(p, f, "")))
#define set_field(t, p, f, v)                                                                      \
	field_write((t), (p), FIELD_OFFSET(p, f), (uint64_t)(uintptr_t)(v), POINT_WRITE_PLAIN,     \
		    FIELD_SITE(p, f, " = " #v))
#define set_field_once(t, p, f, v)                                                                 \
	field_write((t), (p), FIELD_OFFSET(p, f), (uint64_t)(uintptr_t)(v), POINT_WRITE,           \
		    FIELD_SITE(p, f, " = " #v))
#define init_field(t, p, f, v)                                                                     \
	field_init((t), (p), FIELD_OFFSET(p, f), (uint64_t)(uintptr_t)(v),                         \
		   FIELD_SITE(p, f, " = " #v))
#define or_field(t, p, f, bits)                                                                    \
	field_or((t), (p), FIELD_OFFSET(p, f), (uint64_t)(bits), FIELD_SITE(p, f, " |= " #bits))
#define inc_field(t, p, f)                                                                         \
	field_inc((t), (p), FIELD_OFFSET(p, f), SITE_OF_FIELD(p, f, "atomic_inc(&" #p "->" #f ")"))
#define swap_field(t, p, f, v)                                                                     \
	field_swap((t), (p), FIELD_OFFSET(p, f), (uint64_t)(uintptr_t)(v),                         \
		   SITE_OF_FIELD(p, f, "xchg(&" #p "->" #f ", " #v ")"))
#define clear_field(t, p, f, bits)                                                                 \
	field_clear((t), (p), FIELD_OFFSET(p, f), (uint64_t)(bits), FIELD_SITE(p, f, " &= ~" #bits))
#define wait_field(t, p, f, wanted)                                                                \
	field_wait((t), (p), FIELD_OFFSET(p, f), (uint64_t)(wanted),                               \
		   SITE_OF_FIELD(p, f, "wait for " #p "->" #f " == " #wanted))
#define ref_get(t, p, f, resurrects)                                                               \
	ref_get_at((t), (p), FIELD_OFFSET(p, f), (resurrects),                                     \
		   SITE_OF_FIELD(p, f, "atomic_inc(&" #p "->" #f ")"))
#define ref_put(t, p, f) ref_put_or(t, p, f, FAULT_REFCOUNT_UNDERFLOW)
#define ref_put_or(t, p, f, underflows)                                                            \
	ref_put_at((t), (p), FIELD_OFFSET(p, f), (underflows),                                     \
		   SITE_OF_FIELD(p, f, "atomic_dec_and_test(&" #p "->" #f ")"))
#define ref_put_and_lock(t, p, f, lock)                                                            \
	ref_put_and_lock_at(                                                                       \
		(t), (p), FIELD_OFFSET(p, f), (lock),                                              \
		SITE_OF_FIELD(p, f, "atomic_dec_and_lock(&" #p "->" #f ", " #lock ")"))

/*
 * Fields that one lock always guards: no point each; the caller holds the lock and has declared
 * the operation with one point. The object is checked for life all the same.
 */
#define get_guarded(t, p, f)                                                                       \
	((FIELD_TYPE(p, f))guarded_read((t), (p), FIELD_OFFSET(p, f), FIELD_SITE(p, f, "")))
#define set_guarded(t, p, f, v)                                                                    \
	guarded_write((t), (p), FIELD_OFFSET(p, f), (uint64_t)(uintptr_t)(v),                      \
		      FIELD_SITE(p, f, " = " #v))

static inline uint64_t guarded_read(struct task *t, const void *p, size_t offset,
				    const struct site *site)
{
	ledger_check_pointer(t, p, site);
	ledger_check_alive(t, p, site);
	return observe(t, word_load(t, field_word(p, offset)));
}

static inline void guarded_write(struct task *t, const void *p, size_t offset, uint64_t value,
				 const struct site *site)
{
	ledger_check_pointer(t, p, site);
	ledger_check_alive(t, p, site);
	word_store(t, field_word(p, offset), value);
}

#endif
