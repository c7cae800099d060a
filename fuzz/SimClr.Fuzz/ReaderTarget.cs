using SimClr.Numerics;

namespace SimClr.Fuzz;

/// <summary>One reader, as a function of the bytes of a file.</summary>
internal abstract class ReaderTarget : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("simclr-fuzz-");

    /// <summary>Managed memory, in bytes, that reading an input of a length may take.</summary>
    public abstract long AllocationBound(long length);

    /// <summary>Unmanaged memory, in bytes, that reading an input of a length may take while it is being read.</summary>
    public virtual long NativeBound(long length) => 32_000_000 + 4 * length;

    /// <summary>What readers of this kind look for.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>Reads an input as a user's program would.</summary>
    /// <returns>What came out, in a few words: inputs that come out otherwise are kept to go on from.</returns>
    /// <exception cref="Exception">One that is documented, see <see cref="IsDocumented"/>; any other is a finding.</exception>
    public abstract string Read(byte[] input);

    /// <summary>Whether the reader's documentation promises this exception for a file that cannot be used.</summary>
    public abstract bool IsDocumented(Exception exception);

    /// <summary>Mends what would make every changed input fail at once: lengths and checksums.</summary>
    public virtual byte[] Mend(byte[] input, CounterRandom random) => input;

    /// <summary>A file in a folder that is this target's own.</summary>
    protected string Scratch(string name) => Path.Combine(_scratch.FullName, name);

    protected string ScratchFolder => _scratch.FullName;

    public void Dispose() => _scratch.Delete(recursive: true);
}
