namespace SimClr.Data;

/// <summary>
/// An order in which classes take turns: any number of first items has equally many of each class, as far as they last.
/// </summary>
public static class ClassTurns
{
    /// <summary>Everyone's first before anyone's second; those of one rank stay in the order in which they came.</summary>
    /// <param name="items">The items, usually in random order.</param>
    /// <param name="classOf">The class of an item; those without a label are a class of their own.</param>
    /// <returns>Each item with its rank within its class, from 1.</returns>
    public static IEnumerable<(int Item, int Rank)> Ranked(IEnumerable<int> items, Func<int, int> classOf)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(classOf);
        var seen = new Dictionary<int, int>();
        return items.Select(item => (Item: item, Rank: seen[classOf(item)] = seen.GetValueOrDefault(classOf(item)) + 1)).ToList()
            .OrderBy(ranked => ranked.Rank); // stable
    }
}
