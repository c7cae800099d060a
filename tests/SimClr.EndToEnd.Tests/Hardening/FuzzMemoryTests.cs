using System.IO.MemoryMappedFiles;
using SimClr.Fuzz;
using SimClr.Native;

namespace SimClr.EndToEnd.Tests.Hardening;

/// <summary>The fuzzer sees memory that is not the collector's.</summary>
public sealed unsafe class FuzzMemoryTests
{
    [Fact]
    public void Native_memory_beyond_the_bound_is_a_finding_although_it_is_given_back()
    {
        if (!OperatingSystem.IsLinux()) return; // nobody tells
        using var hungry = new Hungry();
        var modest = Verdict.WithoutClock(hungry, [20]);
        Assert.Null(modest.Finding);
        Assert.InRange(modest.Resident, 15_000_000, 40_000_000);
        var verdict = Verdict.WithoutClock(hungry, [120]);
        Assert.Contains("bytes of resident memory", verdict.Finding);
        Assert.InRange(verdict.Resident, 100_000_000, 160_000_000);
        Assert.InRange(verdict.Allocated, 0, 1_000_000);
    }

    [Fact]
    public void Memory_that_grows_from_input_to_input_is_a_finding_and_the_kept_inputs_are_none()
    {
        // Told, and not measured: other tests take and give back memory of this process meanwhile.
        const long mega = 1_000_000;
        var resident = new Queue<long?>([100 * mega, 300 * mega, 228 * mega, 229 * mega, null]);
        var growth = new MemoryGrowth(resident.Dequeue);
        Assert.Null(growth.Finding(ownBytes: 0));
        Assert.Null(growth.Finding(ownBytes: 200 * mega));
        Assert.Equal(0, growth.Bytes);
        Assert.Null(growth.Finding(ownBytes: 0)); // up to the bound
        Assert.Equal("keeps 129,000,000 bytes of resident memory more than at first; the bound is 128,000,000",
            growth.Finding(ownBytes: 0));
        Assert.Equal(129 * mega, growth.Bytes);
        Assert.Null(growth.Finding(ownBytes: 0)); // where nobody tells
    }

    [Fact]
    public void The_loop_measures_this_process()
    {
        if (!OperatingSystem.IsLinux()) return;
        Assert.Null(new MemoryGrowth().Finding(ownBytes: 0)); // nothing to compare with yet
        Assert.InRange(PeakMemory.Settled()!.Value, 1_000_000, 64_000_000_000);
    }

    /// <summary>Takes as many megabytes as the first byte says.</summary>
    private sealed class Hungry : ReaderTarget
    {
        public override long AllocationBound(long length) => 1_000_000;

        public override string Read(byte[] input)
        {
            // Mapped for itself: a heap might have it from what another test has freed.
            using var memory = MemoryMappedFile.CreateNew(null, input[0] * 1_000_000);
            using var view = memory.CreateViewAccessor();
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            new Span<byte>(start, input[0] * 1_000_000).Fill(1);
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            return "eaten";
        }

        public override bool IsDocumented(Exception exception) => false;
    }
}
