//! The walk over Python objects: the binding's one hot path.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use weftend_core::canonical::pointer::Trail;
use weftend_core::canonical::{CanonCode, CanonicalError, MAX_DEPTH, number, order, string};

/// The canonical bytes of a Python value.
pub(crate) fn write(value: &Bound<'_, PyAny>) -> Result<Vec<u8>, CanonicalError> {
    let mut walk = Walk {
        out: Vec::new(),
        path: Vec::new(),
    };
    walk.value(value)?;
    Ok(walk.out)
}

struct Walk<'py> {
    out: Vec<u8>,
    /// The containers around the current value, outermost first.
    path: Vec<Bound<'py, PyAny>>,
}

type Walked = Result<(), Trail>;

impl<'py> Walk<'py> {
    fn value(&mut self, value: &Bound<'py, PyAny>) -> Walked {
        if let Ok(text) = value.cast::<PyString>() {
            let text = text
                .to_str()
                .map_err(|_| Trail::new(CanonCode::Surrogate))?;
            string::write(&mut self.out, text);
            return Ok(());
        }
        if value.is_none() {
            return self.literal("null");
        }
        if let Ok(truth) = value.cast::<PyBool>() {
            return self.literal(if truth.is_true() { "true" } else { "false" });
        }
        if let Ok(number) = value.cast::<PyInt>() {
            return self.integer(number);
        }
        if let Ok(number) = value.cast::<PyFloat>() {
            return number::write_f64(&mut self.out, number.value()).map_err(Trail::new);
        }
        self.container(value)
    }

    fn literal(&mut self, text: &str) -> Walked {
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn integer(&mut self, number: &Bound<'py, PyInt>) -> Walked {
        let value: i64 = number
            .extract()
            .map_err(|_| Trail::new(CanonCode::NumberRange))?;
        number::write_i64(&mut self.out, value).map_err(Trail::new)
    }

    fn container(&mut self, value: &Bound<'py, PyAny>) -> Walked {
        if let Ok(dict) = value.cast::<PyDict>() {
            self.enter(value)?;
            self.dict(dict)?;
        } else if let Ok(list) = value.cast::<PyList>() {
            self.enter(value)?;
            self.elements(list.iter())?;
        } else if let Ok(tuple) = value.cast::<PyTuple>() {
            self.enter(value)?;
            self.elements(tuple.iter())?;
        } else {
            return Err(Trail::new(CanonCode::Type));
        }
        self.path.pop();
        Ok(())
    }

    fn enter(&mut self, container: &Bound<'py, PyAny>) -> Walked {
        self.path.push(container.clone());
        if self.path.len() <= MAX_DEPTH {
            return Ok(());
        }
        Err(self.too_deep())
    }

    /// Level 129: a cycle where a container stands on its own path, else depth.
    fn too_deep(&self) -> Trail {
        let again = (1..self.path.len()).find(|&level| {
            self.path[..level]
                .iter()
                .any(|above| above.is(&self.path[level]))
        });
        match again {
            // The outer levels add their tokens on the way out; those of the inner ones are not wanted.
            Some(level) => Trail::new(CanonCode::Cycle).outermost(level),
            None => Trail::new(CanonCode::Depth),
        }
    }

    fn elements(&mut self, elements: impl Iterator<Item = Bound<'py, PyAny>>) -> Walked {
        self.out.push(b'[');
        for (index, element) in elements.enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.value(&element)
                .map_err(|trail| trail.under_index(index))?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn dict(&mut self, dict: &Bound<'py, PyDict>) -> Walked {
        let mut members = Vec::with_capacity(dict.len());
        for (name, value) in dict.iter() {
            match name_of(&name) {
                Ok(name) => members.push((name, value)),
                Err(code) => return Err(Trail::new(sort(&mut members).err().unwrap_or(code))),
            }
        }
        sort(&mut members).map_err(Trail::new)?;
        self.members(&members)
    }

    fn members(&mut self, members: &[(String, Bound<'py, PyAny>)]) -> Walked {
        self.out.push(b'{');
        for (index, (name, value)) in members.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            string::write(&mut self.out, name);
            self.out.push(b':');
            self.value(value).map_err(|trail| trail.under_name(name))?;
        }
        self.out.push(b'}');
        Ok(())
    }
}

fn name_of(name: &Bound<'_, PyAny>) -> Result<String, CanonCode> {
    let name = name.cast::<PyString>().map_err(|_| CanonCode::KeyType)?;
    let name = name.to_str().map_err(|_| CanonCode::Surrogate)?;
    Ok(name.to_owned())
}

/// Puts members in order. Names that differ as Python keys can be the same text in subclasses of str.
fn sort<T>(members: &mut [(String, T)]) -> Result<(), CanonCode> {
    members.sort_by(|(l, _), (r, _)| order::compare(l.as_bytes(), r.as_bytes()));
    if members.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(CanonCode::DuplicateName);
    }
    Ok(())
}
