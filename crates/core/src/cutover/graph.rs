//! Tasks and their predecessors as numbers: the order of work, cycles by name, what lies before and after.

use super::check::Problem;
use super::plan::Task;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// The tasks of a plan (or of its way back) with their order. It exists only without cycles.
#[derive(Debug, Clone)]
pub struct Graph {
    ids: Vec<String>,
    index: HashMap<String, usize>,
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
    order: Vec<usize>,
}

impl Graph {
    /// Builds it; the refusal names each cycle, each task that is there twice and each unknown predecessor.
    pub fn of(tasks: &[&Task]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut index = HashMap::with_capacity(tasks.len());
        for (at, task) in tasks.iter().enumerate() {
            if index.insert(task.id.clone(), at).is_some() {
                problems.push(Problem::Twice { task: task.id.clone() });
            }
        }
        let mut graph = Self {
            ids: tasks.iter().map(|task| task.id.clone()).collect(),
            before: vec![Vec::new(); tasks.len()],
            after: vec![Vec::new(); tasks.len()],
            order: Vec::with_capacity(tasks.len()),
            index,
        };
        for (at, task) in tasks.iter().enumerate() {
            for predecessor in &task.predecessors {
                match graph.index.get(predecessor) {
                    Some(&from) => graph.connect(from, at),
                    None => problems.push(Problem::UnknownPredecessor {
                        task: task.id.clone(),
                        predecessor: predecessor.clone(),
                    }),
                }
            }
        }
        let numbers: Vec<u32> = tasks.iter().map(|task| task.number).collect();
        graph.sort(&numbers);
        problems.extend(graph.cycles().into_iter().map(|tasks| Problem::Cycle { tasks }));
        if problems.is_empty() { Ok(graph) } else { Err(problems) }
    }

    fn connect(&mut self, from: usize, to: usize) {
        if !self.before[to].contains(&from) {
            self.before[to].push(from);
            self.after[from].push(to);
        }
    }

    /// Predecessors first; among those that are free, the smaller number first.
    fn sort(&mut self, numbers: &[u32]) {
        let mut open: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let free = (0..open.len()).filter(|&at| open[at] == 0);
        let mut heap: BinaryHeap<Reverse<(u32, usize)>> =
            free.map(|at| Reverse((numbers[at], at))).collect();
        while let Some(Reverse((_, at))) = heap.pop() {
            self.order.push(at);
            for &next in &self.after[at] {
                open[next] -= 1;
                if open[next] == 0 {
                    heap.push(Reverse((numbers[next], next)));
                }
            }
        }
    }

    /// The cycles among what could not be ordered, each once, from its smallest member on.
    fn cycles(&self) -> Vec<Vec<String>> {
        let mut left = vec![true; self.len()];
        for &at in &self.order {
            left[at] = false;
        }
        let mut found = Vec::new();
        for start in 0..self.len() {
            if let Some(cycle) = self.cycle_from(start, &left) {
                for &at in &cycle {
                    left[at] = false;
                }
                found.push(cycle.into_iter().map(|at| self.ids[at].clone()).collect());
            }
        }
        found
    }

    /// Walks backwards through what is left until a task comes again.
    fn cycle_from(&self, start: usize, left: &[bool]) -> Option<Vec<usize>> {
        let mut path = Vec::new();
        let mut at = start;
        while left[at] {
            if let Some(seen) = path.iter().position(|&p| p == at) {
                let mut cycle = path.split_off(seen);
                cycle.reverse();
                let smallest = (0..cycle.len()).min_by_key(|&i| cycle[i]).unwrap_or_default();
                cycle.rotate_left(smallest);
                return Some(cycle);
            }
            path.push(at);
            at = *self.before[at].iter().find(|&&p| left[p])?;
        }
        None
    }

    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True without tasks.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The number of a task.
    pub fn index(&self, id: &str) -> Option<usize> {
        self.index.get(id).copied()
    }

    /// The task with this number.
    pub fn id(&self, at: usize) -> &str {
        &self.ids[at]
    }

    /// All tasks, predecessors first.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The direct predecessors.
    pub fn predecessors(&self, at: usize) -> &[usize] {
        &self.before[at]
    }

    /// The direct successors.
    pub fn successors(&self, at: usize) -> &[usize] {
        &self.after[at]
    }

    /// Which tasks must be finished before this one, itself included.
    pub fn before(&self, at: usize) -> Vec<bool> {
        reach(&self.before, at)
    }

    /// Which tasks wait for this one, itself included.
    pub fn after(&self, at: usize) -> Vec<bool> {
        reach(&self.after, at)
    }
}

fn reach(edges: &[Vec<usize>], start: usize) -> Vec<bool> {
    let mut seen = vec![false; edges.len()];
    let mut stack = vec![start];
    while let Some(at) = stack.pop() {
        if !std::mem::replace(&mut seen[at], true) {
            stack.extend(&edges[at]);
        }
    }
    seen
}
